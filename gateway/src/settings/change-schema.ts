import { z } from 'zod'
import { demosSchema } from '../config/demos-schema.ts'
import { hallSchema, idSchema, linkSchema } from '../config/hall-schema.ts'

const { hall, zones, devices, repair } = hallSchema.shape
const inRepair = repair.unwrap().shape
const inDemos = demosSchema.shape

export const zoneSchema = zones.element
export const deviceLineSchema = devices.unwrap().element
export const personLineSchema = inRepair.people.unwrap().element
export const dutyLineSchema = inRepair.duty.unwrap().element
export const channelLineSchema = inRepair.channels.unwrap().valueType
export const ruleLineSchema = inRepair.rules.unwrap().element

const siteSchema = z.strictObject({
  name: hall.shape.name.optional(),
  type: hall.shape.type.unwrap().optional(),
  timeZone: hall.shape.timeZone.unwrap().optional(),
})

/** Null takes the setting out of the file, so that its default holds again. */
const repairFieldsSchema = z.strictObject({
  openingHours: inRepair.openingHours.unwrap().nullable().optional(),
  calendar: inRepair.calendar.unwrap().nullable().optional(),
  alwaysOpen: inRepair.alwaysOpen.unwrap().nullable().optional(),
  lead: idSchema.nullable().optional().describe('Person told at the first escalation.'),
  operations: idSchema.nullable().optional().describe('Person told at the second escalation.'),
  publicUrl: z.url().nullable().optional(),
  sla: inRepair.sla.unwrap().nullable().optional(),
  verify: inRepair.verify.unwrap().nullable().optional(),
  inspectPercent: inRepair.inspectPercent.unwrap().nullable().optional(),
  topology: inRepair.topology.unwrap().nullable().optional(),
  maintenance: inRepair.maintenance.unwrap().nullable().optional(),
})

/** Null takes the setting out of the file, so that its default holds again. */
const demoFieldsSchema = z.strictObject({
  region: inDemos.region.unwrap().nullable().optional(),
  tariff: z.string().max(80).nullable().optional(),
  touTariff: z.string().max(80).nullable().optional(),
  businessTariff: z.string().max(80).nullable().optional(),
  usedKWh: inDemos.usedKWh.unwrap().nullable().optional(),
})

type Shape<Do extends string, Fields> = { do: z.ZodLiteral<Do> } & Fields

/** Add, replace and remove of one thing: `at` says which one, `key` what a new one is called where the item itself does not. */
function changesOf<Name extends string, Item extends z.ZodType, At extends z.ZodRawShape, Key extends z.ZodRawShape>(
  name: Name,
  what: string,
  { item, at, key }: { item: Item; at: At; key: Key },
) {
  const field = { [name]: item } as Record<Name, Item>
  const add: Shape<`${Name}.add`, Key & Record<Name, Item>> = { do: z.literal(`${name}.add`), ...key, ...field }
  const replace: Shape<`${Name}.replace`, At & Record<Name, Item>> = {
    do: z.literal(`${name}.replace`),
    ...at,
    ...field,
  }
  const remove: Shape<`${Name}.remove`, At> = { do: z.literal(`${name}.remove`), ...at }
  return [
    z.strictObject(add).describe(`Adds ${what}.`),
    z.strictObject(replace).describe(`Replaces ${what}; only what differs is rewritten.`),
    z.strictObject(remove).describe(`Takes out ${what}.`),
  ] as const
}

const byId = { id: idSchema }
const byIndex = { index: z.int().min(0).max(10_000).describe('Place in the list of the file, from 0.') }

/** Everything a person may change in hall.yaml over HTTP. Ports, store, broker and InfluxDB are changed in the file itself. */
export const changeSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('site.set'), site: siteSchema }).describe('Name, type or time zone of the hall.'),
  z
    .strictObject({ do: z.literal('repair.set'), repair: repairFieldsSchema })
    .describe('Business hours, escalation, times of repair.'),
  z
    .strictObject({ do: z.literal('demos.set'), demos: demoFieldsSchema })
    .describe('Region and price lists of the demonstrations.'),
  ...changesOf('zone', 'a zone', { item: zoneSchema, at: byId, key: {} }),
  z
    .strictObject({ do: z.literal('zone.move'), id: idSchema, to: byIndex.index })
    .describe('Puts a zone at another place; comments stay where they are.'),
  ...changesOf('device', 'a device', { item: deviceLineSchema, at: byId, key: {} }),
  ...changesOf('link', 'a link', { item: linkSchema, at: byId, key: byId }),
  ...changesOf('channel', 'a notification channel', { item: channelLineSchema, at: byId, key: byId }),
  ...changesOf('person', 'a person of the repair chain', { item: personLineSchema, at: byId, key: {} }),
  ...changesOf('duty', 'a line of the duty roster', { item: dutyLineSchema, at: byIndex, key: {} }),
  ...changesOf('rule', 'a fault rule of the hall', { item: ruleLineSchema, at: byIndex, key: {} }),
])

export type Change = z.infer<typeof changeSchema>

/** Which permission a change needs: devices and links belong to whoever commissions, the rest to the administrator. */
export const permissionOf = ({ do: what }: Pick<Change, 'do'>): 'change-devices' | 'change-site' =>
  what.startsWith('device.') || what.startsWith('link.') ? 'change-devices' : 'change-site'
