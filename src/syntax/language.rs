/// A syntax: which front end parses a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    Python,
    Rust,
    Nginx,
    Yaml,
    Json,
    Toml,
    Dockerfile,
    Dotenv,
    /// INI, `.cfg` and systemd units.
    Ini,
    Shell,
    /// pip requirements files.
    Requirements,
    /// Text without structure; only secret detectors read it.
    Text,
}

impl Language {
    /// Every language, in the order of the enum.
    pub const ALL: [Self; 12] = [
        Self::Python,
        Self::Rust,
        Self::Nginx,
        Self::Yaml,
        Self::Json,
        Self::Toml,
        Self::Dockerfile,
        Self::Dotenv,
        Self::Ini,
        Self::Shell,
        Self::Requirements,
        Self::Text,
    ];

    /// The name in rule files (`languages: [python]`), as Semgrep has it where it has the language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Rust => "rust",
            Self::Nginx => "nginx",
            Self::Yaml => "yaml",
            Self::Json => "json",
            Self::Toml => "toml",
            Self::Dockerfile => "dockerfile",
            Self::Dotenv => "dotenv",
            Self::Ini => "ini",
            Self::Shell => "bash",
            Self::Requirements => "requirements",
            Self::Text => "text",
        }
    }
}

/// What a file is for. Several kinds can share a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileKind {
    Python,
    /// `.pyi`.
    PythonStub,
    Notebook,
    Rust,
    Nginx,
    Dockerfile,
    /// What a build context leaves out.
    DockerIgnore,
    Compose,
    Kubernetes,
    /// Plain-YAML values of a Helm chart.
    HelmValues,
    GithubWorkflow,
    GithubAction,
    Dependabot,
    GitlabCi,
    /// Any other YAML.
    Yaml,
    Json,
    Toml,
    Ini,
    SystemdUnit,
    Supervisord,
    Procfile,
    Dotenv,
    Requirements,
    Shell,
    Markdown,
    /// Text of no known kind; read for secrets only.
    Text,
}

impl FileKind {
    /// Every kind, in the order of the enum.
    pub const ALL: [Self; 26] = [
        Self::Python,
        Self::PythonStub,
        Self::Notebook,
        Self::Rust,
        Self::Nginx,
        Self::Dockerfile,
        Self::DockerIgnore,
        Self::Compose,
        Self::Kubernetes,
        Self::HelmValues,
        Self::GithubWorkflow,
        Self::GithubAction,
        Self::Dependabot,
        Self::GitlabCi,
        Self::Yaml,
        Self::Json,
        Self::Toml,
        Self::Ini,
        Self::SystemdUnit,
        Self::Supervisord,
        Self::Procfile,
        Self::Dotenv,
        Self::Requirements,
        Self::Shell,
        Self::Markdown,
        Self::Text,
    ];

    /// The language of the file's text. Markdown and notebooks are containers: their own text is [`Language::Text`].
    pub const fn language(self) -> Language {
        match self {
            Self::Python | Self::PythonStub => Language::Python,
            Self::Rust => Language::Rust,
            Self::Nginx => Language::Nginx,
            Self::Dockerfile => Language::Dockerfile,
            Self::Compose
            | Self::Kubernetes
            | Self::HelmValues
            | Self::GithubWorkflow
            | Self::GithubAction
            | Self::Dependabot
            | Self::GitlabCi
            | Self::Yaml
            | Self::Procfile => Language::Yaml,
            Self::Json => Language::Json,
            Self::Toml => Language::Toml,
            Self::Ini | Self::SystemdUnit | Self::Supervisord => Language::Ini,
            Self::Dotenv => Language::Dotenv,
            Self::Requirements => Language::Requirements,
            Self::Shell => Language::Shell,
            Self::DockerIgnore | Self::Notebook | Self::Markdown | Self::Text => Language::Text,
        }
    }

    /// The name in rule files (`target: [compose]`) and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::PythonStub => "python-stub",
            Self::Notebook => "notebook",
            Self::Rust => "rust",
            Self::Nginx => "nginx",
            Self::Dockerfile => "dockerfile",
            Self::DockerIgnore => "docker-ignore",
            Self::Compose => "compose",
            Self::Kubernetes => "kubernetes",
            Self::HelmValues => "helm-values",
            Self::GithubWorkflow => "github-workflow",
            Self::GithubAction => "github-action",
            Self::Dependabot => "dependabot",
            Self::GitlabCi => "gitlab-ci",
            Self::Yaml => "yaml",
            Self::Json => "json",
            Self::Toml => "toml",
            Self::Ini => "ini",
            Self::SystemdUnit => "systemd",
            Self::Supervisord => "supervisord",
            Self::Procfile => "procfile",
            Self::Dotenv => "dotenv",
            Self::Requirements => "requirements",
            Self::Shell => "shell",
            Self::Markdown => "markdown",
            Self::Text => "text",
        }
    }
}
