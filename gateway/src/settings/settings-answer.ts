import { ALARM_TIMINGS } from '../alarms/alarm-timings.ts'
import type { ChannelSettings } from '../config/repair-schema.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { SettingsAnswer } from '../http/setup-views.ts'
import type { HallLines } from './hall-lines.ts'
import { masked, maskedAddress } from './masked.ts'

/** Which environment variables are set; never their values. */
export type IsSet = (variable: string) => boolean

/** Everything of a hall as a person may see it: no secret, and no address with one in it. */
export function settingsAnswer(
  { hall, devices }: ResolvedHall,
  parts: {
    readonly source: SettingsAnswer['source']
    readonly lines: HallLines
    readonly isSet: IsSet
    readonly at: number
  },
): SettingsAnswer {
  const { source, lines, isSet, at } = parts
  const { repair, broker, http, influx, store } = hall
  const behind = (link: string) => hall.devices.filter((device) => device.link === link).map(({ id }) => id)
  return {
    at,
    source,
    site: { ...hall.hall, openingHours: repair.openingHours },
    zones: hall.zones.map(({ id, name }) => ({
      id,
      name,
      line: lines.zones.get(id) ?? null,
      devices: hall.devices.filter(({ zone }) => zone === id).length,
      alwaysOpen: repair.alwaysOpen.includes(id),
    })),
    links: Object.entries(hall.links).map(([id, link]) => ({
      id,
      line: lines.links.get(id) ?? null,
      link,
      devices: behind(id),
    })),
    devices: hall.devices.map((device) => {
      const placed = lines.devices.get(device.id)
      const kind = devices.get(device.id)?.kind ?? device.kind ?? 'meter'
      return { line: placed?.line ?? null, text: placed?.text ?? null, kind, device }
    }),
    people: repair.people.map((person) => ({ ...person, line: lines.people.get(person.id) ?? null })),
    lead: repair.lead ?? null,
    operations: repair.operations ?? null,
    duty: repair.duty.map((one, i) => ({ ...one, line: lines.duty[i] ?? null })),
    channels: Object.entries(repair.channels).map(([id, channel]) => channelAnswer(id, channel, lines, isSet)),
    rules: {
      hall: repair.rules.map((rule, i) => ({ line: lines.rules[i] ?? null, rule })),
      sla: repair.sla,
      verify: repair.verify,
      inspectPercent: repair.inspectPercent,
      topology: repair.topology,
      maintenance: repair.maintenance,
      shelving: {
        maxHours: ALARM_TIMINGS.shelveMax / 3_600_000,
        flapRaises: ALARM_TIMINGS.flapRaises,
        flapMinutes: ALARM_TIMINGS.flapWindow / 60_000,
      },
    },
    broker: {
      host: broker.host,
      port: broker.port,
      tls: broker.tls !== undefined,
      websocket: broker.websocket !== undefined,
      credentials: broker.credentialsFile !== undefined,
      maxClients: broker.maxClients,
    },
    http: { ...http, publicUrl: repair.publicUrl ?? null, tokenSet: isSet('HALLWATT_HTTP_TOKEN') },
    influx: influx
      ? {
          url: maskedAddress(influx.url),
          api: influx.api,
          org: influx.org,
          bucket: influx.bucket,
          tokenSet: isSet('HALLWATT_INFLUX_TOKEN'),
        }
      : null,
    store: { path: store.path, maxBytes: store.maxBytes, rawHours: store.rawHours, rollupDays: store.rollupDays },
  }
}

/** Settings of a channel that name an environment variable. */
const SECRETS = ['key', 'token', 'secret', 'password', 'accessKeyId', 'accessKeySecret', 'secretId', 'secretKey']

function channelAnswer(
  id: string,
  channel: ChannelSettings,
  lines: HallLines,
  isSet: IsSet,
): SettingsAnswer['channels'][number] {
  const settings: Record<string, unknown> = masked(channel)
  const secrets = SECRETS.flatMap((setting) => {
    const variable = settings[setting]
    return typeof variable === 'string' ? [{ setting, variable, set: isSet(variable) }] : []
  })
  return { id, line: lines.channels.get(id) ?? null, type: channel.type, settings, secrets }
}
