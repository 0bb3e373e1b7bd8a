import { lookup } from 'node:dns/promises'
import { createCommissioning } from '../commissioning/commissioning.ts'
import type { Line, SerialSettings } from '../commissioning/line.ts'
import { hallAddressOf } from '../commissioning/reachable.ts'
import { type Link, linkSchema } from '../config/hall-schema.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { ActResult } from '../domain/act-result.ts'
import type { ScanRequest } from '../http/setup-views.ts'
import { readRows } from '../polling/read-once.ts'
import { namesOf } from '../settings/quantity-names.ts'
import { FUNCTION_CODES, referenceNumber } from '../settings/reference-number.ts'
import { addressOf } from './device-inside.ts'
import type { Devices } from './devices.ts'
import { openEndpoint } from './endpoint.ts'
import type { GatewayOptions, Opened } from './opened.ts'

/** The commissioning room on the lines of the hall and on new ones. */
export function openCommissioning(
  { hall, devices }: { readonly hall: () => ResolvedHall; readonly devices: Devices },
  options: GatewayOptions,
  opened: Opened,
) {
  const { clock, log, source } = options
  const known = () => [...hall().devices.values()]
  const room = createCommissioning({
    hall,
    profiles: source?.profiles ?? {
      ids: () => [...new Set(known().map(({ profileId }) => profileId))].sort(),
      get: (id) => known().find(({ profileId }) => profileId === id)?.profile,
    },
    lineOf: (target, settings) => lineOf(target, settings),
    readRows,
    names: namesOf,
    reference: referenceNumber,
    functionCodes: FUNCTION_CODES,
    strangers: devices.strangers,
    clock,
    log,
  })
  opened.add(() => room.close())
  return room

  async function lineOf(target: ScanRequest['target'], settings: SerialSettings | undefined): Promise<ActResult<Line>> {
    if ('link' in target) {
      const link = hall().links.get(target.link)
      if (!link) return { ok: false, code: 'HW_LINK_UNKNOWN', message: `The hall has no link "${target.link}".` }
      return { ok: true, value: openLine(target.link, link) }
    }
    const link = linkSchema.parse(settings && target.type === 'modbus-rtu' ? { ...target, ...settings } : target)
    const same = [...hall().links].find(([, one]) => addressOf(one) === addressOf(link))
    if (same) return { ok: true, value: openLine(...same) }
    if (link.type === 'modbus-rtu') {
      if (link.path.includes('..')) return refused(link.path)
      return { ok: true, value: openLine(undefined, link) }
    }
    const host = await hallAddressOf(link.host, async (name) =>
      (await lookup(name, { all: true })).map(({ address }) => address),
    )
    if (host === undefined) return refused(link.host)
    return { ok: true, value: openLine(undefined, { ...link, host }) }
  }

  /** A link that polling reads is shared with it; any other one is opened for this alone. */
  function openLine(id: string | undefined, link: Link): Line {
    const { polling } = devices
    const units = known().flatMap((device) =>
      device.connection.via === 'modbus' && device.connection.link === id
        ? [[device.connection.unitId, device.id] as const]
        : [],
    )
    const addresses = known().flatMap((device) =>
      device.connection.via === 'dlt645' && device.connection.link === id
        ? [[device.connection.meter, device.id] as const]
        : [],
    )
    const meters = link.type !== 'modbus-tcp' && { meters: new Map(addresses) }
    const name = id === undefined ? addressOf(link) : `${id} (${addressOf(link)})`
    const lost = { ok: false, failure: 'connection-lost' } as const
    if (id !== undefined && polling.openLinks().includes(id)) {
      return {
        name,
        shared: true,
        devices: new Map(units),
        ...meters,
        read: async (request, timeoutMs) =>
          (await polling.useLink(id, (endpoint) => endpoint.read(request, timeoutMs))) ?? lost,
        identify: async (unitId, timeoutMs) =>
          (await polling.useLink(id, async (endpoint) => (await endpoint.identify?.(unitId, timeoutMs)) ?? lost)) ??
          lost,
        close: async () => {},
      }
    }
    const endpoint = openEndpoint(link, { clock, log, random: options.random, name })
    return {
      name,
      shared: false,
      devices: new Map(units),
      ...meters,
      read: endpoint.read,
      ...(endpoint.identify && { identify: endpoint.identify }),
      close: endpoint.close,
    }
  }
}

const refused = (what: string) =>
  ({
    ok: false,
    code: 'HW_TARGET_REFUSED',
    message: `${what} is no address of the hall: loopback and private networks only.`,
  }) as const
