import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ServerProcess, startOnFreePorts, startServer } from './server-process.ts'

export interface InfluxdbServer extends ServerProcess {
  readonly url: string
  readonly port: number
  createDatabase(name: string): Promise<void>
  /** Runs one InfluxQL statement; rows of all its series, with their tags, as objects (`time` in Unix ms). */
  query(influxQl: string, database?: string): Promise<Record<string, string | number | boolean | null>[]>
}

export interface InfluxdbOptions {
  /** Ask for credentials, and make this administrator first. */
  readonly administrator?: { readonly user: string; readonly password: string }
  /** Largest request body; the server answers 413 above it. */
  readonly maxBodyBytes?: number
}

/** Starts the InfluxDB 1.x of Debian on free loopback ports. Every acknowledged write is in its fsynced log. */
export function startInfluxdb(options: InfluxdbOptions = {}): Promise<InfluxdbServer> {
  return startOnFreePorts(2, async ([port, backupPort]) => {
    const url = `http://127.0.0.1:${port}`
    const server = await startServer({
      binary: 'influxd',
      debianPackage: 'influxdb',
      arguments: async (folder) => {
        const file = join(folder, 'influxdb.conf')
        await writeFile(file, configuration(folder, port!, backupPort!, options))
        return ['run', '-config', file]
      },
      ready: async () => (await fetch(`${url}/ping`)).status === 204,
    })

    const query: InfluxdbServer['query'] = async (influxQl, database) => {
      const parameters = new URLSearchParams({ q: influxQl, epoch: 'ms', ...(database ? { db: database } : {}) })
      const headers: Record<string, string> = options.administrator
        ? { authorization: basic(options.administrator) }
        : {}
      const answer = await fetch(`${url}/query`, { method: 'POST', body: parameters, headers })
      const body = (await answer.json()) as QueryAnswer
      const trouble = body.error ?? body.results?.find((result) => result.error)?.error
      if (trouble) throw new Error(`InfluxDB answered ${answer.status} to "${influxQl}": ${trouble}`)
      return (body.results ?? []).flatMap((result) => (result.series ?? []).flatMap(rowsOf))
    }

    if (options.administrator) {
      const { user, password } = options.administrator
      await query(`CREATE USER "${user}" WITH PASSWORD '${password}' WITH ALL PRIVILEGES`)
    }
    return {
      ...server,
      url,
      port: port!,
      query,
      createDatabase: async (name) => void (await query(`CREATE DATABASE "${name}"`)),
    }
  })
}

interface QueryAnswer {
  readonly error?: string
  readonly results?: readonly { readonly error?: string; readonly series?: readonly AnsweredSeries[] }[]
}
interface AnsweredSeries {
  readonly columns: readonly string[]
  readonly values: readonly (readonly (string | number | boolean | null)[])[]
  readonly tags?: Readonly<Record<string, string>>
}

const rowsOf = (series: AnsweredSeries) =>
  series.values.map((row) => ({
    ...series.tags,
    ...Object.fromEntries(series.columns.map((column, index) => [column, row[index] ?? null])),
  }))

const basic = ({ user, password }: { user: string; password: string }) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

// Both names of the switch that keeps it from calling home: Debian's build renamed it.
const configuration = (folder: string, port: number, backupPort: number, options: InfluxdbOptions) => `
reporting-disabled = true
reporting-enabled = false
bind-address = "127.0.0.1:${backupPort}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  index-version = "tsi1"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
  auth-enabled = ${options.administrator !== undefined}
  max-body-size = ${options.maxBodyBytes ?? 25_000_000}
[continuous_queries]
  enabled = false
`
