# Hallwatt gateway for linux/amd64 and linux/arm64. The gateway's TypeScript runs from source, without a native add-on but
# serialport, whose binaries come inside its npm package; only the web console is built, once for all machines.
#   docker buildx build --platform linux/amd64,linux/arm64 -t hallwatt .
FROM node:24-slim AS dependencies
WORKDIR /opt/hallwatt
COPY package.json package-lock.json .npmrc ./
COPY dashboards/console/package.json dashboards/console/
COPY dashboards/grafana/package.json dashboards/grafana/
COPY flows/package.json flows/
# The image brings Node 24 itself, so the platform packages that carry a Node.js binary are taken out again.
RUN npm install --no-save --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM --platform=$BUILDPLATFORM node:24-slim AS console
WORKDIR /opt/hallwatt
COPY package.json package-lock.json .npmrc ./
COPY dashboards/console/package.json dashboards/console/
COPY dashboards/grafana/package.json dashboards/grafana/
COPY flows/package.json flows/
RUN npm install --no-save --ignore-scripts --no-audit --no-fund
COPY dashboards/console dashboards/console
# The console takes types and the closed lists of the domain from the gateway.
COPY gateway/src gateway/src
RUN cd dashboards/console && npx vite build

FROM node:24-slim
# Memory that goes back to the system, and stripped sources kept from start to start (bin/hallwatt.mjs says why).
ENV NODE_ENV=production NODE_COMPILE_CACHE=/data/.compile-cache \
    MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=262144 MALLOC_TRIM_THRESHOLD_=262144
WORKDIR /opt/hallwatt
COPY --from=dependencies /opt/hallwatt/node_modules node_modules
COPY package.json ./
COPY bin bin
COPY gateway/src gateway/src
COPY gateway/halls gateway/halls
COPY gateway/facts gateway/facts
COPY device-profiles device-profiles
COPY flows flows
COPY --from=console /opt/hallwatt/dashboards/console/dist dashboards/console/dist
# /data holds the embedded store, /etc/hallwatt the hall's own files; everything else may be read-only.
RUN mkdir -p /data /etc/hallwatt && chown node:node /data
USER node
VOLUME ["/data"]
EXPOSE 1883 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--optimize-for-size", "--max-semi-space-size=4", "--no-node-snapshot", "--no-short-builtin-calls", "--no-sparkplug", "gateway/src/main.ts"]
CMD ["run", "--config", "/etc/hallwatt/hall.yaml"]
