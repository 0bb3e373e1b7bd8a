import type { post, Shape } from '../../../api/client.ts'
import type { Change, ChangeOf, Settings } from '../shell/hall-file.ts'
import { freeId, idPart, isId } from '../shell/id-text.ts'

export const STEPS = ['connect', 'find', 'try', 'name', 'save'] as const
export type Step = (typeof STEPS)[number]

type TryBody = NonNullable<NonNullable<Parameters<typeof post<'/api/v1/commissioning/try'>>[1]>['body']>
export type Target = TryBody['target']
export type Line = ChangeOf<'device.add'>['device']
type Link = ChangeOf<'link.add'>['link']

/** Everything that was chosen so far. It stands in the address, so a reload and the browser's way back lose nothing. */
export interface Draft {
  readonly via?: 'modbus' | 'mqtt' | 'power'
  /** A link of hall.yaml; without it the line below is a new one. */
  readonly link?: string
  readonly type?: 'modbus-tcp' | 'modbus-rtu-over-tcp' | 'modbus-rtu'
  readonly host?: string
  readonly port?: string
  readonly path?: string
  readonly baud?: string
  readonly parity?: string
  readonly stop?: string
  readonly scan?: string
  readonly unit?: string
  /** DL/T 645: address of the meter. */
  readonly meter?: string
  /** Last unit id of a row of equal devices. */
  readonly to?: string
  readonly profile?: string
  readonly variant?: string
  readonly user?: string
  readonly name?: string
  readonly id?: string
  readonly zone?: string
  readonly kind?: string
  readonly linkId?: string
  /** Ids of the devices that were written: from then on there is nothing left to save. */
  readonly done?: string
  /** Topic parameters: `t.prefix` in the address. */
  readonly topic: Readonly<Record<string, string>>
}

const FIELDS = [
  'via',
  'link',
  'type',
  'host',
  'port',
  'path',
  'baud',
  'parity',
  'stop',
  'scan',
  'unit',
  'meter',
  'to',
  'profile',
  'variant',
  'user',
  'name',
  'id',
  'zone',
  'kind',
  'linkId',
  'done',
] as const
const TOPIC = 't.'

type Query = Readonly<Record<string, string | (string | null)[] | null | undefined>>

/** What the address says. */
export function draftOf(query: Query): Draft {
  const text = (name: string) => (typeof query[name] === 'string' && query[name] !== '' ? query[name] : undefined)
  const fields = FIELDS.flatMap((name) => (text(name) === undefined ? [] : [[name, text(name)] as const]))
  const topic = Object.keys(query).flatMap((key) =>
    key.startsWith(TOPIC) ? [[key.slice(TOPIC.length), text(key) ?? ''] as const] : [],
  )
  return { ...Object.fromEntries(fields), topic: Object.fromEntries(topic) }
}

export function queryOf({ topic, ...fields }: Draft): Record<string, string> {
  const set = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')
  const topics = Object.entries(topic).flatMap(([name, value]) => (value === '' ? [] : [[TOPIC + name, value]]))
  return Object.fromEntries([...set, ...topics])
}

const DEFAULT_PORT = { 'modbus-tcp': 502, 'modbus-rtu-over-tcp': 4001 } as const

/** The new line as a link of hall.yaml; undefined while something is missing. */
export function newLink(draft: Draft): Link | undefined {
  const type = draft.type ?? 'modbus-tcp'
  const baud = Number(draft.baud ?? 9600)
  if (type === 'modbus-rtu') {
    const { path } = draft
    const parity = (draft.parity ?? 'none') as 'none' | 'even' | 'odd'
    const stopBits = draft.stop === '2' ? 2 : 1
    return path === undefined ? undefined : { type, path, baud, parity, stopBits, dataBits: 8 }
  }
  const { host } = draft
  if (host === undefined) return undefined
  const port = Number(draft.port ?? DEFAULT_PORT[type])
  return type === 'modbus-tcp' ? { type, host, port } : { type, host, port, baud }
}

/** Where to ask; undefined while the line is not known. */
export function targetOf(draft: Draft): Target | undefined {
  if (draft.link !== undefined) return { link: draft.link }
  const link = newLink(draft)
  if (!link) return undefined
  if (link.type !== 'modbus-rtu') return link as Target
  const { type, path, baud, parity, stopBits } = link
  return { type, path, baud, parity, stopBits } as Target
}

/** The only meter of a line answers to it. */
export const ANY_METER = 'AAAAAAAAAAAA'

/** Twelve digits; fewer are filled up on the left, as on the label. */
export const meterOf = ({ meter = ANY_METER }: Draft): string => (/^\d+$/.test(meter) ? meter.padStart(12, '0') : meter)

export const isMeterAddress = (address: string): boolean => /^(AA)*(\d\d)*$/.test(address) && address.length === 12

/** The unit ids that are added: one, or a row; those the hall has on this line already are left out. */
export function unitsOf(draft: Draft, settings: Settings): { readonly units: number[]; readonly taken: number[] } {
  const first = Number(draft.unit ?? 1)
  const last = Math.max(first, Number(draft.to ?? first))
  const all = Array.from({ length: Math.min(247, last - first + 1) }, (_, i) => first + i)
  if (first === last) return { units: all, taken: [] }
  const have = settings.devices.flatMap(({ device }) =>
    draft.link !== undefined && device.link === draft.link && device.unitId !== undefined ? [device.unitId] : [],
  )
  return { units: all.filter((unit) => !have.includes(unit)), taken: all.filter((unit) => have.includes(unit)) }
}

export const suggestedLinkId = (draft: Draft, settings: Settings): string =>
  freeId(
    draft.type === 'modbus-rtu' ? idPart(draft.path?.split('/').at(-1) ?? '') || 'bus' : 'bus',
    settings.links.map(({ id }) => id),
  )

export const suggestedId = (draft: Draft, kind: string, settings: Settings): string => {
  const taken = settings.devices.map(({ device }) => device.id)
  if (draft.user !== undefined && isId(draft.user) && !taken.includes(draft.user)) return draft.user
  return freeId(idPart(draft.name ?? '') || idPart(kind.replace('_', '-')), taken)
}

export type Profile = Shape<'ProfileSummary'>

/** Read over a line that can be scanned and tried. */
export const isPolled = (profile: Profile | undefined): boolean =>
  profile?.via === 'modbus' || profile?.via === 'dlt645'

/** Lines for hall.yaml: the link when it is new, then each device. */
export function changesOf(draft: Draft, profile: Profile, settings: Settings): Change[] {
  const taken = settings.devices.map(({ device }) => device.id)
  const first = draft.id ?? suggestedId(draft, draft.kind ?? profile.kind, settings)
  const common = {
    profile: profile.id,
    zone: draft.zone ?? settings.zones[0]?.id ?? '',
    ...(draft.kind && { kind: draft.kind as NonNullable<Line['kind']> }),
  }
  if (profile.via === 'mqtt') {
    const topic = Object.fromEntries(Object.entries(draft.topic).filter(([, value]) => value !== ''))
    const device: Line = {
      id: first,
      name: draft.name ?? first,
      ...common,
      ...(Object.keys(topic).length > 0 && { topic }),
      ...(draft.user !== undefined && draft.user !== first && isId(draft.user) && { mqttUser: draft.user }),
    }
    return [{ do: 'device.add', device }]
  }
  const link = newLink(draft)
  const linkId = draft.link ?? draft.linkId ?? suggestedLinkId(draft, settings)
  const { units } = unitsOf(draft, settings)
  const isRow = draft.to !== undefined && Number(draft.to) > Number(draft.unit ?? 1)
  const ids = [...taken]
  const onLine = link && draft.link === undefined ? [{ do: 'link.add', id: linkId, link } as const] : []
  if (profile.via === 'dlt645') {
    const device: Line = {
      ...{ id: first, name: draft.name ?? first, ...common, link: linkId, address: meterOf(draft) },
      ...(draft.variant && { variant: draft.variant }),
    }
    return [...onLine, { do: 'device.add', device }]
  }
  const devices = units.map((unitId): Change => {
    const id = isRow ? freeId(`${first}-${String(unitId).padStart(2, '0')}`, ids) : first
    ids.push(id)
    const device: Line = {
      id,
      name: nameOf(draft.name ?? first, unitId, isRow),
      ...common,
      link: linkId,
      unitId,
      ...(draft.variant && { variant: draft.variant }),
    }
    return { do: 'device.add', device }
  })
  return [...onLine, ...devices]
}

/** `# 号电表` for unit 7: `7 号电表`; a row without a # gets the number at its end. */
const nameOf = (name: string, unit: number, isRow: boolean): string =>
  !isRow ? name : name.includes('#') ? name.replaceAll('#', String(unit)) : `${name} ${unit}`
