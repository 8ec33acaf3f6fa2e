#!/bin/sh
# The demo with the image really built and run as containers, on a machine with podman or docker and without an image registry:
# the base image is made here, of Debian's own packages. Needs root (debootstrap), and for podman runc.
#
#   sudo tools/local-aws/container-test.sh podman|docker [options of the demo]
#   sudo tools/local-aws/container-test.sh podman|docker projects [--one-of-each | NAME…]     each project of test/image/projects as a container
set -eu

engine=${1:?podman or docker}
shift
name=localhost/flask-demo-base:latest
suite=${DEBIAN_SUITE:-bookworm}
root=$(cd "$(dirname "$0")/../.." && pwd)
# The first mirror that this machine itself uses, so that one that is set up for it is respected.
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | head -n 1)}

if ! "$engine" image inspect "$name" >/dev/null 2>&1; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  debootstrap --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates "$suite" "$folder/root" "$mirror"
  # The Dockerfiles call it python, as the official image of that name does.
  ln -sf python3 "$folder/root/usr/bin/python"
  # As this machine reaches the package registries, so do the builds.
  [ -f /etc/pip.conf ] && cp /etc/pip.conf "$folder/root/etc/pip.conf"
  cp /etc/ssl/certs/ca-certificates.crt "$folder/root/etc/ssl/certs/ca-certificates.crt"
  # Poetry, Pipenv and uv do not ask pip's configuration which certificates to trust.
  certificates=/etc/ssl/certs/ca-certificates.crt
  tar -C "$folder/root" -c . | "$engine" import --change "ENV SSL_CERT_FILE=$certificates" --change "ENV REQUESTS_CA_BUNDLE=$certificates" - "$name" >/dev/null
fi

if [ "$engine" = podman ] && [ -z "${CONTAINERS_CONF:-}" ]; then
  # For a machine that is itself a container: limits that it may set, no systemd, no journal.
  mkdir -p "$root/tools/local-aws/.cache"
  export CONTAINERS_CONF="$root/tools/local-aws/.cache/containers.conf"
  cat >"$CONTAINERS_CONF" <<'CONF'
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=16384:16384"]
CONF
fi

cd "$root"
export FLASK_BASE_IMAGE="$name"
if [ "${1:-}" = projects ]; then
  shift
  exec npx tsx --tsconfig tsconfig.dev.json test/e2e/projects.e2e.ts "$@" --engine "$engine"
fi
exec npx tsx test/e2e/demo.e2e.ts --engine "$engine" "$@"
