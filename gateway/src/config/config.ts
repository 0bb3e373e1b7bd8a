import { createHash } from 'node:crypto'
import { didYouMean, inOrder, type Locate, parseDocument, pathText, problemList } from '../documents/documents.ts'
import { HallwattError, type Problem } from '../domain/errors.ts'
import { checkFaultRule } from '../profiles/fault-rule-checks.ts'
import { isRecord, itemsOf } from '../profiles/loose.ts'
import { type MqttProfile, type Profile, quantitiesOf } from '../profiles/profile-schema.ts'
import { askedConnection, reportAsked } from './asked-device.ts'
import { reportChargePoint, reportOcppPort, reportSharedConnectors } from './charge-point-device.ts'
import { type Hall, hallSchema } from './hall-schema.ts'
import { isLoopback } from './loopback.ts'
import { reportMeter, reportSharedAddresses } from './meter-checks.ts'
import { periodsOf } from './periods.ts'
import type { Connection, ResolvedDevice, ResolvedHall } from './resolved-hall.ts'

/** Where profiles come from; `ids` is for "did you mean". */
export interface ProfileSource {
  get(id: string): Profile | undefined
  ids(): readonly string[]
}

type Report = (path: readonly PropertyKey[], message: string) => void

/**
 * Reads hall.yaml and joins every device with its profile.
 * @throws HallwattError HW_HALL_INVALID with every problem of the file at once, in reading order
 */
export function parseHall(file: string, text: string, profiles: ProfileSource): ResolvedHall {
  const parsed = parseDocument(text, hallSchema)
  if (!parsed.ok) {
    const beyond = parsed.raw === undefined ? [] : referenceProblems(parsed.raw, profiles, parsed.locate)
    throw invalid(file, inOrder([...parsed.problems, ...beyond]))
  }
  const problems = referenceProblems(parsed.value, profiles, parsed.locate)
  if (problems.length > 0) throw invalid(file, inOrder(problems))
  return resolveHall(parsed.value, profiles)
}

const invalid = (file: string, problems: readonly Problem[]) =>
  new HallwattError('HW_HALL_INVALID', problemList(file, problems), { problems })

/** Everything in the file that names something else in the file, or a profile, must name something that exists. */
function referenceProblems(hall: unknown, profiles: ProfileSource, locate: Locate): Problem[] {
  const problems: Problem[] = []
  const report: Report = (path, message) => problems.push({ ...locate(path), path: pathText(path), message })
  const written = hall as Partial<Hall>
  const zones = idsOf(written.zones)
  const links = Object.keys(written.links ?? {})
  reportRepeats(zones, ['zones'], 'zone', report)
  reportRepeats(idsOf(written.devices), ['devices'], 'device', report)
  const devices = Array.isArray(written.devices) ? written.devices : []
  devices.forEach((device, i) => {
    if (device === null || typeof device !== 'object') return
    const at = ['devices', i]
    if (typeof device.zone === 'string' && !zones.includes(device.zone)) {
      report([...at, 'zone'], `Zone "${device.zone}" is not in zones.${didYouMean(device.zone, zones)}`)
    }
    if (typeof device.profile !== 'string') return
    const profile = profiles.get(device.profile)
    if (profile) {
      reportConnection(device, profile, links, at, report)
      const meters = devices.map((other) => ({ id: other?.id, profile: profiles.get(other?.profile) }))
      reportAsked(device, profile, meters, at, report)
      if (profile.dlt645)
        reportMeter(device, written.links ?? {}, Object.keys(profile.dlt645.variants ?? {}), at, report)
      else reportMeterFields(device, written.links ?? {}, at, report)
      reportChargePoint(device, profile, written.ocpp !== undefined, at, report)
      reportCommands(device, profile, at, report)
    } else {
      const hint = didYouMean(device.profile, profiles.ids())
      report([...at, 'profile'], `There is no valid profile "${device.profile}".${hint} See \`hallwatt profile list\`.`)
    }
  })
  reportServices(written, devices, report)
  reportSharedUnits(devices, report)
  reportSharedAddresses(devices, report)
  reportSharedConnectors(devices, report)
  reportFaultRules(written, profiles, report)
  reportPorts(written, report)
  reportOpenBroker(written.broker, report)
  reportOcppPort(written.ocpp, report)
  return problems
}

/** A device can be told no more than its profile says. */
function reportCommands(
  { commands, leastLoadW, profile: id }: Hall['devices'][number],
  profile: Profile,
  at: readonly PropertyKey[],
  report: Report,
): void {
  const known = Object.keys(profile.commands)
  if (commands !== undefined && known.length === 0)
    report([...at, 'commands'], `${id} has no commands: it is read only whatever stands here. Remove this line.`)
  else if (Array.isArray(commands))
    commands.forEach((name, i) => {
      if (known.includes(name)) return
      const hint = didYouMean(String(name), known)
      report([...at, 'commands', i], `${id} has no command "${name}".${hint} It has: ${known.join(', ')}.`)
    })
  if (leastLoadW !== undefined && !Object.values(profile.commands).some(({ effect }) => effect?.load))
    report([...at, 'leastLoadW'], `${id} switches no load that is measured: remove this line.`)
}

/** A service that is called like a device would speak for it. */
function reportServices(hall: Partial<Hall>, devices: readonly Hall['devices'][number][], report: Report): void {
  const ids = idsOf(hall.services)
  reportRepeats(ids, ['services'], 'service', report)
  const taken = new Set(devices.flatMap((device) => [device?.id, device?.mqttUser]))
  ids.forEach((id, i) => {
    if (id !== '' && taken.has(id)) report(['services', i, 'id'], `"${id}" is a device or its MQTT user already.`)
  })
}

const idsOf = (list: readonly { id: string }[] | undefined): string[] =>
  Array.isArray(list) ? list.map((item) => (item && typeof item === 'object' ? String(item.id) : '')) : []

function reportRepeats(ids: readonly string[], at: readonly PropertyKey[], what: string, report: Report): void {
  ids.forEach((id, i) => {
    const first = ids.indexOf(id)
    if (id !== '' && first < i) report([...at, i, 'id'], `${what} "${id}" exists already: ${String(at[0])}[${first}].`)
  })
}

function reportConnection(
  device: Hall['devices'][number],
  profile: Profile,
  links: readonly string[],
  at: readonly PropertyKey[],
  report: Report,
): void {
  if (profile.modbus) {
    if (device.link === undefined) {
      report(
        at,
        `link is missing: ${device.profile} is read over Modbus. Links of this file: ${links.join(', ') || 'none'}.`,
      )
    } else if (!links.includes(device.link)) {
      report([...at, 'link'], `Link "${device.link}" is not in links.${didYouMean(device.link, links)}`)
    }
    if (device.topic)
      report([...at, 'topic'], `${device.profile} is read over Modbus and has no topics: remove this line.`)
    const variants = Object.keys(profile.modbus.variants ?? {})
    if (device.variant !== undefined && !variants.includes(device.variant)) {
      const choice = variants.length > 0 ? `Variants: ${variants.join(', ')}.` : 'It has no variants: remove this line.'
      report([...at, 'variant'], `${device.profile} has no variant "${device.variant}". ${choice}`)
    }
  }
  if (profile.mqtt) {
    for (const key of ['link', 'unitId', 'variant'] as const) {
      if (device[key] !== undefined)
        report([...at, key], `${device.profile} speaks MQTT and needs no ${key}: remove this line.`)
    }
    reportTopicParameters(device, profile.mqtt, at, report)
  }
}

/** What only devices on a serial line have. */
function reportMeterFields(
  device: Hall['devices'][number],
  links: Hall['links'],
  at: readonly PropertyKey[],
  report: Report,
): void {
  if (device.address !== undefined)
    report([...at, 'address'], `${device.profile} does not speak DL/T 645 and needs no address: remove this line.`)
  if (device.serial !== undefined && links[device.link ?? '']?.type !== 'modbus-rtu')
    report([...at, 'serial'], 'Only a serial port (modbus-rtu) changes its settings: remove this line.')
}

function reportTopicParameters(
  device: Hall['devices'][number],
  mqtt: MqttProfile,
  at: readonly PropertyKey[],
  report: Report,
): void {
  const known = Object.keys(mqtt.parameters)
  for (const [name, value] of Object.entries(device.topic ?? {})) {
    if (!known.includes(name)) {
      report([...at, 'topic', name], `${device.profile} has no topic parameter "${name}".${didYouMean(name, known)}`)
    } else if (/[+#\0]/.test(value)) {
      report([...at, 'topic', name], 'A topic parameter names one device: it has no + and no #.')
    }
  }
  for (const [name, { default: byDefault }] of Object.entries(mqtt.parameters)) {
    if (byDefault === undefined && device.topic?.[name] === undefined) {
      report(at, `topic.${name} is missing: ${device.profile} needs it to know which messages are this device's.`)
    }
  }
}

/** Two devices under one unit id on one link would both read the same registers. */
function reportSharedUnits(devices: Hall['devices'], report: Report): void {
  const seen = new Map<string, string>()
  devices.forEach((device, i) => {
    if (typeof device?.link !== 'string' || typeof device.unitId !== 'number') return
    const key = `${device.link} ${device.unitId} ${device.variant ?? ''} ${device.profile}`
    const first = seen.get(key)
    if (first !== undefined)
      report(['devices', i, 'unitId'], `Unit id ${device.unitId} on ${device.link} is ${first} already.`)
    else seen.set(key, device.id)
  })
}

/** A rule that fits no device would look like a watch that is kept. */
function reportFaultRules(hall: Partial<Hall>, profiles: ProfileSource, report: Report): void {
  const devices = Array.isArray(hall.devices)
    ? hall.devices.filter((device) => device && typeof device === 'object')
    : []
  for (const { item, path } of itemsOf((hall.repair as { rules?: unknown } | undefined)?.rules, ['repair', 'rules'])) {
    const on = isRecord(item.on) ? item.on : {}
    const wanted = (key: string, value: string) => !Array.isArray(on[key]) || on[key].includes(value)
    const meant = devices.filter(({ id, kind, profile, zone }) => {
      const known = profiles.get(profile)
      return (
        known !== undefined &&
        wanted('devices', id) &&
        wanted('kinds', kind ?? known.kind) &&
        wanted('profiles', profile) &&
        wanted('zones', zone)
      )
    })
    if (meant.length === 0) {
      report([...path, 'on'], 'This fits no device of the hall, so the rule would watch nothing.')
      continue
    }
    const measured = new Set(meant.flatMap(({ profile }) => quantitiesOf(profiles.get(profile) as Profile)))
    checkFaultRule(item, path, [...measured], 'any device it is meant for', report)
  }
}

function reportPorts(hall: Partial<Hall>, report: Report): void {
  const ports: [readonly PropertyKey[], number | undefined][] = [
    [['broker', 'port'], hall.broker?.port],
    [['broker', 'tls', 'port'], hall.broker?.tls?.port],
    [['broker', 'websocket', 'port'], hall.broker?.websocket?.port],
    [['http', 'port'], hall.http?.port],
    [['ocpp', 'port'], hall.ocpp?.port],
  ]
  const owner = new Map<number, string>()
  for (const [path, port] of ports) {
    if (port === undefined) continue
    const first = owner.get(port)
    if (first !== undefined) report(path, `Port ${port} is taken by ${first} already.`)
    else owner.set(port, pathText(path))
  }
}

/** Without credentials the user name alone identifies a client; that is for programs of this machine only. */
function reportOpenBroker(broker: Partial<Hall['broker']> | undefined, report: Report): void {
  const { host, credentialsFile } = broker ?? {}
  if (typeof host !== 'string' || isLoopback(host) || credentialsFile !== undefined) return
  report(
    ['broker', 'host'],
    `${host} opens the MQTT port to the network (HW_BIND_REFUSED). Set broker.credentialsFile (write it with \`hallwatt mqtt password <user>\`), or bind to 127.0.0.1.`,
  )
}

function resolveHall(hall: Hall, profiles: ProfileSource): ResolvedHall {
  const links = new Map(
    Object.entries(hall.links).map(([id, link]) => [id, { ...link, fingerprint: fingerprint(link) }]),
  )
  const devices = new Map(hall.devices.map((device) => [device.id, resolveDevice(hall, device, profiles)]))
  return { hall, links, devices }
}

function resolveDevice(hall: Hall, device: Hall['devices'][number], profiles: ProfileSource): ResolvedDevice {
  const profile = profiles.get(device.profile) as Profile // referenceProblems has seen it
  const firstVariant = Object.keys((profile.modbus ?? profile.dlt645)?.variants ?? {})[0]
  const variant = device.variant ?? firstVariant
  const resolved = {
    id: device.id,
    name: device.name,
    hall: hall.hall.id,
    zone: device.zone,
    kind: device.kind ?? profile.kind,
    profileId: device.profile,
    profile,
    ...(variant === undefined ? {} : { variant }),
    connection: connectionOf(hall, device, profile),
    periodsMs: periodsOf(profile, variant, device.periodMs),
    ...(device.commands !== undefined && {
      commands: device.commands === 'all' ? Object.keys(profile.commands) : device.commands,
    }),
    ...(device.leastLoadW !== undefined && { leastLoadW: device.leastLoadW }),
  }
  return { ...resolved, fingerprint: fingerprint({ ...resolved, profile: fingerprintOf(profile) }) }
}

const profilesSeen = new WeakMap<Profile, string>()

/** Reckoned once for all devices of the profile: it is the largest part of what makes a device. */
function fingerprintOf(profile: Profile): string {
  const known = profilesSeen.get(profile) ?? fingerprint(profile)
  profilesSeen.set(profile, known)
  return known
}

function connectionOf(hall: Hall, device: Hall['devices'][number], profile: Profile): Connection {
  const serial = device.serial && { serial: device.serial }
  if (profile.modbus) {
    return { via: 'modbus', link: device.link as string, unitId: device.unitId ?? profile.modbus.unitId, ...serial }
  }
  if (profile.dlt645) return { via: 'dlt645', link: device.link as string, meter: device.address as string, ...serial }
  if (profile.ocpp) return { via: 'ocpp', chargePoint: device.chargePoint as string, connector: device.connector ?? 1 }
  const asked = askedConnection(device, profile)
  if (asked) return asked
  const parameters: Record<string, string> = { hall: hall.hall.id, device: device.id }
  for (const [name, { default: byDefault }] of Object.entries(profile.mqtt?.parameters ?? {})) {
    const value = device.topic?.[name] ?? byDefault
    if (value !== undefined)
      parameters[name] = value.replaceAll('{device}', device.id).replaceAll('{hall}', hall.hall.id)
  }
  return { via: 'mqtt', parameters, user: device.mqttUser ?? device.id }
}

/** Equal exactly when the content is equal. */
const fingerprint = (content: unknown): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)
