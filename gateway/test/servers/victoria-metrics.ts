import { type ServerProcess, startOnFreePorts, startServer } from './server-process.ts'

export interface VictoriaMetricsServer extends ServerProcess {
  readonly url: string
  readonly port: number
  /** All stored samples that match, as VictoriaMetrics exports them; InfluxDB's measurement and field are joined by `_`. */
  export(
    match: string,
  ): Promise<
    { readonly metric: Readonly<Record<string, string>>; readonly values: number[]; readonly timestamps: number[] }[]
  >
}

/** Starts the single-node VictoriaMetrics of Debian on a free loopback port. */
export function startVictoriaMetrics(): Promise<VictoriaMetricsServer> {
  return startOnFreePorts(1, async ([port]) => {
    const url = `http://127.0.0.1:${port}`
    const server = await startServer({
      binary: 'victoria-metrics',
      debianPackage: 'victoria-metrics',
      arguments: async (folder) => [
        `-storageDataPath=${folder}/data`,
        `-httpListenAddr=127.0.0.1:${port}`,
        '-retentionPeriod=10y',
        '-search.latencyOffset=0s',
      ],
      ready: async () => (await fetch(`${url}/health`)).ok,
    })
    return {
      ...server,
      url,
      port: port!,
      export: async (match) => {
        // Samples stay in memory, unseen by queries, until they are flushed.
        await fetch(`${url}/internal/force_flush`)
        // Without an end it leaves out the second that has just begun.
        const end = String(Date.now() / 1000 + 3600)
        const answer = await fetch(`${url}/api/v1/export?${new URLSearchParams({ 'match[]': match, end })}`)
        const lines = (await answer.text()).split('\n').filter(Boolean)
        return lines.map((line) => JSON.parse(line))
      },
    }
  })
}
