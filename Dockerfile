# Build: packages by the hashed lock, font, catalogues, static files.
FROM python:3.11-slim AS build
WORKDIR /app
COPY dev.py dev_env.py requirements.lock requirements-dev.lock ./
RUN python dev.py install
COPY . .
# Static files need settings, settings need keys; these sign and encrypt nothing and stay in this layer's environment.
RUN SECRET_KEY=$(python dev.py key) DATA_KEY=$(python dev.py key --data) MODE=demo python dev.py assets

FROM python:3.11-slim
ENV MODE=production HOST=0.0.0.0 PORT=8000 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN useradd --system --no-create-home --shell /usr/sbin/nologin kkmp
COPY --from=build /app /app
# Code and static files belong to root; the process writes to these only.
RUN install --directory --owner=kkmp /app/var/files && chown kkmp /app/var
USER kkmp
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(u.Request(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', headers={'Host': os.environ.get('ALLOWED_HOSTS', 'localhost').split(',')[0].lstrip('.')}), timeout=4)"]
CMD ["python", "dev.py", "run"]
