import a
import a.b as c, d
import a . b
from ..x.y import (z as w,  # why
   q)
from . import *
from .. import a
from . . import b
from __future__ import annotations, division as d
from a.b import c, d
