import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import { filled } from './filled.ts'

/** The one data source of all boards: what the variable `ds` stands for. */
export const DATASOURCE = { type: 'influxdb', uid: filled('ds') } as const

/** What Grafana's InfluxDB data source wants of a raw InfluxQL query. */
interface InfluxQl extends Dataquery {
  readonly refId: string
  readonly datasource: typeof DATASOURCE
  readonly rawQuery: true
  readonly query: string
  readonly resultFormat: 'time_series' | 'table'
  readonly alias?: string
}

export interface InfluxQlOptions {
  /** How a series is called in the legend: `$tag_device`, `$col`, or plain words. */
  readonly alias?: string
  /** One table instead of one series per group. */
  readonly table?: boolean
}

/** A raw InfluxQL query as a target of a panel; grafana-foundation-sdk 0.0.21 has no builder for this data source. */
export class InfluxQlQuery implements Builder<Dataquery> {
  readonly #query: string
  readonly #options: InfluxQlOptions
  #refId = 'A'

  constructor(query: string, options: InfluxQlOptions = {}) {
    this.#query = query.replace(/\s+/g, ' ').trim()
    this.#options = options
  }

  refId(refId: string): this {
    this.#refId = refId
    return this
  }

  build(): InfluxQl {
    const { alias, table } = this.#options
    return {
      _implementsDataqueryVariant: () => {},
      refId: this.#refId,
      datasource: DATASOURCE,
      rawQuery: true,
      query: this.#query,
      resultFormat: table ? 'table' : 'time_series',
      ...(alias !== undefined && { alias }),
    }
  }
}

export const influxQl = (query: string, options?: InfluxQlOptions) => new InfluxQlQuery(query, options)

/** The condition of a variable with several values, as Grafana fills it in: one value, or (a|b|c). */
export const chosen = (tag: string, variable = tag) => `"${tag}" =~ /^${filled(`${variable}:regex`)}$/`

const HALL = chosen('hall')

/** Devices chosen at the top of the board, in the time range. */
export const scope = `${HALL} AND ${chosen('zone')} AND ${chosen('device')} AND $timeFilter`

/** The same, and what the gateway found for the hall as a whole (a dead bus, a lost backend), which belongs to no zone. */
export const scopeWithGateway = `${HALL} AND ${chosen('zone')} AND "device" =~ /^(gateway|${filled('device:regex')})$/ AND $timeFilter`

/** What the gateway tells about itself and the whole hall. */
export const hallScope = `${HALL} AND $timeFilter`

/** Days and hours begin when they begin in the hall. */
export const HALL_TIME = `tz('Asia/Shanghai')`
