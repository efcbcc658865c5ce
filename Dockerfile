# The image: Node, the program, and nothing else. No shell, no package manager, not root.
#
#   buildah build --timestamp 0 --tag sidecar-reaper .
#   docker build --build-arg SOURCE_DATE_EPOCH=0 --output type=docker,rewrite-timestamp=true --tag sidecar-reaper .
#
# Both images can be named by digest, or be others: BUILD_IMAGE has node and npm, RUNTIME_IMAGE has /nodejs/bin/node.
ARG BUILD_IMAGE=docker.io/library/node:24.21.0-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

FROM ${BUILD_IMAGE} AS build
ARG SOURCE_DATE_EPOCH=0
ENV SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH}
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY scripts/prepare.mjs scripts/
RUN npm ci --no-audit --no-fund
COPY runtime runtime
COPY generator generator
COPY templates templates
COPY policies/review policies/review
COPY docs/rules docs/rules
COPY scripts scripts
COPY dist/policy.wasm dist/catalogue.json dist/
RUN node scripts/build.ts

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="sidecar-reaper" \
      org.opencontainers.image.description="Completes Kubernetes Jobs whose sidecars outlive their main container" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /src/dist/ /sidecar-reaper/
COPY LICENSE /sidecar-reaper/
WORKDIR /sidecar-reaper
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "/sidecar-reaper/sidecar-reaper.mjs"]
CMD ["--help"]
