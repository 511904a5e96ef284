ARG VERSION=3.12
FROM node:20 AS assets
WORKDIR /src
COPY package.json .
RUN npm ci && npm run build
FROM python:3.12-slim
ENV APP_ENV=prod
LABEL maintainer=me
RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists
RUN pip install flask
RUN curl http://example.com/install.sh | sh
RUN chmod 777 /srv
RUN sudo useradd app
COPY --from=assets /src/dist /srv/dist
COPY . /srv
ADD http://example.com/a.tgz /tmp/
USER root
EXPOSE 22
EXPOSE 8000
VOLUME /data
ENTRYPOINT ["python", "-m", "app"]
CMD ["--port", "8000"]
