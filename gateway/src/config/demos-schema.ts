import { z } from 'zod'

const idSchema = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(64)
const roleWord = z.string().regex(/^[a-z][A-Za-z0-9]*$/)

/** One device in a role. A bare id stands for `{ device: id }`. */
const bindingSchema = z.union([
  idSchema.transform((device) => ({
    device,
    circuit: undefined,
    ratedW: undefined,
    points: {} as Record<string, string>,
  })),
  z.strictObject({
    device: idSchema,
    circuit: idSchema.optional().describe('The feed it hangs on; needed for everything that is switched.'),
    ratedW: z
      .number()
      .min(1)
      .max(20_000)
      .optional()
      .describe('What it draws at most; the scenario’s figure otherwise.'),
    points: z
      .record(z.string(), z.string())
      .default({})
      .describe('Quantities that come from elsewhere: { temperature.water: probe-1/temperature.probe }.'),
  }),
])
const bindingsSchema = z.record(roleWord, z.union([bindingSchema, z.array(bindingSchema).min(1).max(12)]))

const inputSchema = z.strictObject({
  device: idSchema,
  quantity: z.string(),
  trippedWhen: z.union([z.boolean(), z.string(), z.number()]).default(true),
})

/** `demos` in hall.yaml: what the experience zone has. */
export const demosSchema = z.strictObject({
  enabled: z.array(z.string()).optional().describe('Scenario ids this hall plays. Default: the preset of its type.'),
  region: z.string().default('CN').describe('Region of the emission factor: CN, CN-CENTRAL …'),
  tariff: z
    .string()
    .optional()
    .describe('Id of a price list in gateway/facts/tariffs. Without one, money is not shown.'),
  touTariff: z.string().optional().describe('Price list by time of day, where `tariff` has none: 峰谷.'),
  businessTariff: z.string().optional(),
  scenarioTariffs: z
    .record(
      z.string(),
      z.strictObject({
        tariff: z.string().optional(),
        touTariff: z.string().optional(),
        usedKWh: z.number().min(0).optional(),
      }),
    )
    .default({})
    .describe('Other price lists for one scenario.'),
  usedKWh: z
    .number()
    .min(0)
    .default(0)
    .describe('What the household of the example has used before, in the tariff’s month or year.'),
  circuits: z
    .array(
      z.strictObject({
        id: idSchema,
        name: z.string().min(1).max(40),
        limitW: z.number().min(100).max(50_000),
        meter: idSchema.optional().describe('Device that measures the whole circuit; otherwise its roles are added.'),
      }),
    )
    .default([]),
  roles: bindingsSchema.default({}).describe('Which device has which role, for all scenarios.'),
  scenarioRoles: z
    .record(z.string(), bindingsSchema)
    .default({})
    .describe('Other devices for one scenario: { who-eats-the-power: { kettle: kettle-2 } }.'),
  emergencyStop: inputSchema.optional().describe('I1'),
  contactor: inputSchema.optional().describe('I1: feedback of the demo contactor; tripped when open.'),
  trips: z
    .array(inputSchema.extend({ circuit: idSchema.optional() }))
    .default([])
    .describe('I2: breakers and RCDs.'),
  dangers: z
    .array(inputSchema.extend({ kind: z.enum(['smoke', 'gas', 'water']) }))
    .default([])
    .describe('I10'),
  schedule: z
    .array(
      z.strictObject({
        days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
        from: z.string(),
        to: z.string(),
      }),
    )
    .optional()
    .describe('I11: when something may be switched on. Default: the opening hours of `repair`.'),
  staleS: z.number().min(1).max(60).default(5).describe('I6'),
  screens: z
    .array(z.strictObject({ id: idSchema, name: z.string().min(1).max(40) }))
    .default([{ id: 'main', name: '主屏' }]),
  recordDays: z.number().min(1).max(3660).default(400),
})
export type DemoSettings = z.infer<typeof demosSchema>
