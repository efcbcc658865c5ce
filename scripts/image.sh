#!/usr/bin/env bash
# Builds the Dockerfile with buildah on a machine that reaches no registry of images, and writes a docker-archive:
#
#   scripts/image.sh FILE
#
# Its two base images are made here: the runtime's of Debian's libraries and the node that npm installed, the build's of a
# Debian with the same node and npm. Needs root, and Debian's mmdebstrap and buildah.
set -euo pipefail

readonly target=${1:?FILE is missing: where the docker-archive goes}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly work=$(mktemp -d)
readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/sidecar-reaper/bases
trap 'rm -rf "$work"' EXIT
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
buildah() { command buildah --root "$work/root" --runroot "$work/run" "$@"; }

mkdir -p "$cache"
for base in runtime build; do
  [ ! -s "$cache/$base.tar" ] || continue
  case $base in
  runtime) packages=(--variant=extract --include=libc6,libstdc++6,libgcc-s1,ca-certificates) ;;
  build) packages=(--variant=minbase --include=libstdc++6,ca-certificates) ;;
  esac
  mmdebstrap --quiet "${packages[@]}" bookworm "$cache/$base.tar.part"
  mv "$cache/$base.tar.part" "$cache/$base.tar"
done

readonly node=$(readlink -f node_modules/node/bin/node)
npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
for base in runtime build; do
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$cache/$base.tar" / >/dev/null
  if [ "$base" = runtime ]; then
    buildah copy --quiet "$container" "$node" /nodejs/bin/node >/dev/null
  else
    buildah copy --quiet "$container" "$node" /usr/local/bin/node >/dev/null
    buildah copy --quiet "$container" "$npm" /usr/local/lib/npm >/dev/null
    # Certificates that this machine trusts beside Node's own, such as a proxy's: npm needs them, the result does not.
    if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
      buildah copy --quiet "$container" "$NODE_EXTRA_CA_CERTS" /extra-ca.pem >/dev/null
      buildah config --env NODE_EXTRA_CA_CERTS=/extra-ca.pem "$container"
    fi
    buildah run "$container" -- ln -s ../lib/npm/bin/npm-cli.js /usr/local/bin/npm
  fi
  buildah commit --quiet --timestamp 0 --rm "$container" "localhost/$base" >/dev/null
done

buildah build --quiet --timestamp 0 --network host --build-arg BUILD_IMAGE=localhost/build --build-arg RUNTIME_IMAGE=localhost/runtime \
  --volume /etc/resolv.conf:/etc/resolv.conf:ro --tag localhost/sidecar-reaper .
buildah push --quiet localhost/sidecar-reaper "docker-archive:$target:localhost/sidecar-reaper:latest"
