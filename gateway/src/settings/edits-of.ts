import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { hallSchema, linkSchema } from '../config/hall-schema.ts'
import {
  type Change,
  channelLineSchema,
  deviceLineSchema,
  dutyLineSchema,
  personLineSchema,
  ruleLineSchema,
  zoneSchema,
} from './change-schema.ts'
import type { Edit, Path } from './edit.ts'
import { Unfit } from './edit-text.ts'
import { unmasked } from './masked.ts'

type Loose = Record<string, unknown>

const isLoose = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value)

const at = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (node, key) => (node === null || typeof node !== 'object' ? undefined : (node as Loose)[key]),
    root,
  )

/**
 * What a change means for the document as it is.
 * @param root  what stands in hall.yaml, unread by any schema
 * @throws Unfit when what it names is not there, or is there already
 */
export function editsOf(change: Change, root: unknown): Edit[] {
  switch (change.do) {
    case 'site.set':
      return Object.entries(change.site).flatMap(([key, value]) =>
        value === undefined ? [] : [{ op: 'set', path: ['hall', key], value }],
      )
    case 'repair.set':
      return Object.entries(change.repair).flatMap(([key, value]) => repairField(key, value, root))
    case 'demos.set':
      return Object.entries(change.demos).flatMap(([key, value]) =>
        fieldOf('demos', key, value, root, demosShape[key as keyof typeof demosShape]),
      )
    case 'zone.add':
      return addById(root, ['zones'], 'zone', change.zone, zoneSchema)
    case 'zone.replace':
      return replaceById(root, ['zones'], 'zone', change.id, change.zone, zoneSchema)
    case 'zone.remove':
      return removeById(root, ['zones'], 'zone', change.id)
    case 'zone.move':
      return moveById(root, ['zones'], 'zone', change.id, change.to)
    case 'device.add':
      return addById(root, ['devices'], 'device', change.device, deviceLineSchema)
    case 'device.replace':
      return replaceById(root, ['devices'], 'device', change.id, change.device, deviceLineSchema)
    case 'device.remove':
      return removeById(root, ['devices'], 'device', change.id)
    case 'person.add':
      return addById(root, PEOPLE, 'person', change.person, personLineSchema)
    case 'person.replace':
      return replaceById(root, PEOPLE, 'person', change.id, change.person, personLineSchema)
    case 'person.remove':
      return removeById(root, PEOPLE, 'person', change.id)
    case 'link.add':
      return addKey(root, ['links'], 'link', change.id, change.link, linkSchema)
    case 'link.replace':
      return replaceKey(root, ['links'], 'link', change.id, change.link, linkSchema)
    case 'link.remove':
      return removeKey(root, ['links'], 'link', change.id)
    case 'channel.add':
      return addKey(root, CHANNELS, 'channel', change.id, known(change.channel, undefined), channelLineSchema)
    case 'channel.replace': {
      const current = at(root, [...CHANNELS, change.id])
      return replaceKey(root, CHANNELS, 'channel', change.id, known(change.channel, current), channelLineSchema)
    }
    case 'channel.remove':
      return removeKey(root, CHANNELS, 'channel', change.id)
    case 'duty.add':
      return [{ op: 'append', path: DUTY, value: tidy(change.duty, undefined, dutyLineSchema) }]
    case 'duty.replace':
      return replaceAt(root, DUTY, 'line of the roster', change.index, change.duty, dutyLineSchema)
    case 'duty.remove':
      return [{ op: 'remove', path: [...DUTY, place(root, DUTY, 'line of the roster', change.index)] }]
    case 'rule.add':
      return [{ op: 'append', path: RULES, value: tidy(change.rule, undefined, ruleLineSchema) }]
    case 'rule.replace':
      return replaceAt(root, RULES, 'rule', change.index, change.rule, ruleLineSchema)
    case 'rule.remove':
      return [{ op: 'remove', path: [...RULES, place(root, RULES, 'rule', change.index)] }]
  }
}

const PEOPLE = ['repair', 'people']
const CHANNELS = ['repair', 'channels']
const DUTY = ['repair', 'duty']
const RULES = ['repair', 'rules']

const repairShape = hallSchema.shape.repair.unwrap().shape
const demosShape = hallSchema.shape.demos.unwrap().shape

function repairField(key: string, value: unknown, root: unknown): Edit[] {
  return fieldOf('repair', key, value, root, repairShape[key as keyof typeof repairShape])
}

function fieldOf(section: string, key: string, value: unknown, root: unknown, whole: z.ZodType): Edit[] {
  const path = [section, key]
  const current = at(root, path)
  if (value === undefined || (value === null && current === undefined)) return []
  if (value === null) return [{ op: 'remove', path }]
  return [{ op: 'set', path, value: isLoose(value) ? tidy(value, current, whole) : value }]
}

const idsAt = (root: unknown, path: Path): string[] => {
  const list = at(root, path)
  return Array.isArray(list) ? list.map((item) => (isLoose(item) ? String(item.id) : '')) : []
}

function addById(root: unknown, path: Path, what: string, item: { id: string }, schema: z.ZodType): Edit[] {
  if (idsAt(root, path).includes(item.id)) throw new Unfit(`The file has a ${what} "${item.id}" already.`)
  return [{ op: 'append', path, value: tidy(item, undefined, schema) }]
}

function replaceById(root: unknown, path: Path, what: string, id: string, item: object, schema: z.ZodType): Edit[] {
  const index = indexOf(root, path, what, id)
  return [{ op: 'set', path: [...path, index], value: tidy(item, at(root, [...path, index]), schema) }]
}

const removeById = (root: unknown, path: Path, what: string, id: string): Edit[] => [
  { op: 'remove', path: [...path, indexOf(root, path, what, id)] },
]

/** Each place between gets what then stands there, so that no line has to be cut out of its comments. */
function moveById(root: unknown, path: Path, what: string, id: string, to: number): Edit[] {
  const from = indexOf(root, path, what, id)
  const list = [...(at(root, path) as unknown[])]
  const target = place(root, path, what, to)
  const before = [...list]
  list.splice(target, 0, ...list.splice(from, 1))
  return list.flatMap((value, index) =>
    isDeepStrictEqual(value, before[index]) ? [] : [{ op: 'set' as const, path: [...path, index], value }],
  )
}

function indexOf(root: unknown, path: Path, what: string, id: string): number {
  const index = idsAt(root, path).indexOf(id)
  if (index < 0) throw new Unfit(`The file has no ${what} "${id}".`)
  return index
}

function addKey(root: unknown, path: Path, what: string, id: string, item: object, schema: z.ZodType): Edit[] {
  if (at(root, [...path, id]) !== undefined) throw new Unfit(`The file has a ${what} "${id}" already.`)
  return [{ op: 'set', path: [...path, id], value: tidy(item, undefined, schema) }]
}

function replaceKey(root: unknown, path: Path, what: string, id: string, item: object, schema: z.ZodType): Edit[] {
  const current = at(root, [...path, id])
  if (current === undefined) throw new Unfit(`The file has no ${what} "${id}".`)
  return [{ op: 'set', path: [...path, id], value: tidy(item, current, schema) }]
}

function removeKey(root: unknown, path: Path, what: string, id: string): Edit[] {
  if (at(root, [...path, id]) === undefined) throw new Unfit(`The file has no ${what} "${id}".`)
  return [{ op: 'remove', path: [...path, id] }]
}

function replaceAt(root: unknown, path: Path, what: string, index: number, item: object, schema: z.ZodType): Edit[] {
  const where = [...path, place(root, path, what, index)]
  return [{ op: 'set', path: where, value: tidy(item, at(root, where), schema) }]
}

function place(root: unknown, path: Path, what: string, index: number): number {
  const list = at(root, path)
  const length = Array.isArray(list) ? list.length : 0
  if (index >= length) throw new Unfit(`The file has ${length} ${what}s; there is no number ${index}.`)
  return index
}

/**
 * Without what the schema fills in by itself: hall.yaml says what is special about this hall. What the file says already stays
 * said, and how it is said: a person wrote `port: 502` for a reason.
 */
function tidy(item: object, current: unknown, schema: z.ZodType): Loose {
  const now = isLoose(current) ? current : {}
  const kept: Loose = {}
  for (const [key, value] of Object.entries(item)) {
    if (value === undefined) continue
    const { [key]: _left, ...others } = item as Loose
    const filled = key in now ? undefined : schema.safeParse(others)
    if (filled?.success && isDeepStrictEqual((filled.data as Loose)[key], value)) continue
    kept[key] = value
  }
  return kept
}

function known(channel: object, current: unknown): object {
  const whole = unmasked({ ...channel }, isLoose(current) ? current : undefined)
  if (!whole) throw new Unfit('*** stands for an address that was not in the file: write the whole address.')
  return whole
}
