import { z } from 'zod'
import { deviceKinds } from '../domain/device-kind.ts'
import { panelSchema } from './panel-schema.ts'

/** Words of a scenario, a role or a figure: `inductionHob`. */
export const wordSchema = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*$/, 'A name begins with a small letter and has letters and digits: inductionHob.')
  .max(40)
export const bilingualSchema = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
/** An expression over readings, marks, inputs and facts; see gateway/docs/demos.md. */
export const expressionSchema = z.string().min(1).max(400)

const rehearsedSchema = z.union([
  z.number(),
  z.boolean(),
  z.string(),
  z.strictObject({ from: z.number(), perS: z.number(), to: z.number() }),
  z.strictObject({ is: expressionSchema }),
])
export type Rehearsed = z.infer<typeof rehearsedSchema>

const roleSchema = z.strictObject({
  name: bilingualSchema,
  kinds: z.array(z.enum(deviceKinds)).min(1).describe('Kinds of device that can have this role.'),
  required: z
    .boolean()
    .default(false)
    .describe('Without it the scenario cannot be played live; others drop their panel.'),
  points: z
    .array(z.string())
    .min(1)
    .describe('Quantities it must have: activePower, temperature.water. Of a list role, each of its devices.'),
  alsoPoints: z
    .array(z.string())
    .default([])
    .describe('Further quantities, shown where the device has them: activeEnergyImport of a main meter.'),
  many: z
    .strictObject({ min: z.int().min(1), max: z.int().min(1).max(12) })
    .optional()
    .describe('Several devices share the role: load[0], load[1] …'),
  switched: z.boolean().default(false).describe('The scenario switches it; then it has switch-on and switch-off.'),
  hot: z.boolean().default(false).describe('Heats, so the scenario needs maxOnS, and a ceiling or a guard.'),
  ratedW: z
    .number()
    .min(0)
    .max(20_000)
    .optional()
    .describe('Most it may draw; for switched roles. The hall may say less.'),
  commands: z
    .array(z.string())
    .default([])
    .describe('Further commands the scenario gives: set-current, set-temperature.'),
  rehearse: z
    .strictObject({
      on: z.record(z.string(), rehearsedSchema),
      off: z.record(z.string(), rehearsedSchema).default({}),
    })
    .describe(
      'What a rehearsal shows in its place, marked 示意: constants, a ramp, or an expression over other roles (their values of a moment before), `elapsed` and `i`. `off` also holds for read-only roles.',
    ),
})

const inputSchema = z.strictObject({
  name: bilingualSchema,
  unit: z.string().default(''),
  default: z.number(),
  min: z.number(),
  max: z.number(),
  step: z.number().positive().default(1),
  labels: z.array(bilingualSchema).optional().describe('Words instead of numbers, for 0, 1, 2 …: 1–2人, 3–4人.'),
  visitor: z.boolean().default(false).describe('Changed during the run, by the visitor’s wish: stepper with buttons.'),
})

/** Rules besides I1–I11 that hold for every run. A scenario with a hot role, or one above 1 kW, without them does not load. */
const safetySchema = z.strictObject({
  maxOnS: z
    .record(wordSchema, z.number().min(1).max(900))
    .default({})
    .describe('Per role: longest on-time in one run, seconds.'),
  maxPowerW: z.number().min(1).max(20_000).optional().describe('Sum of all roles on at once.'),
  ceilings: z
    .array(z.strictObject({ role: wordSchema, point: z.string(), max: z.number() }))
    .default([])
    .describe(
      'Above it the role goes off and the run stops: { role: inductionHob, point: temperature.water, max: 97 }.',
    ),
  stopWhen: z
    .array(z.strictObject({ when: expressionSchema, reason: bilingualSchema }))
    .default([])
    .describe('Further reasons to stop: an empty pot, a current near its limit.'),
  guard: z.boolean().default(false).describe('A guard stands in front; the guide confirms it before the first switch.'),
  coolDownS: z.number().min(0).max(3600).default(0).describe('Pause until the same hot roles may run again.'),
  restartDelayS: z
    .record(wordSchema, z.number().min(0).max(600))
    .default({})
    .describe('Compressors and capacitors: pause after off.'),
  hotUntilC: z
    .strictObject({ role: wordSchema, point: z.string(), max: z.number() })
    .array()
    .default([])
    .describe('余热 mark until the reading is below, or ten minutes.'),
})

/** One thing to do when a condition comes true, or at once. */
const actionSchema = z.union([
  z.strictObject({ on: z.string() }).describe('A switched role: inductionHob, load[2], or load for all.'),
  z.strictObject({ off: z.string() }),
  z.strictObject({ mark: wordSchema }).describe('Remembers this moment for figures: at(a, …), energy(role, t0, a).'),
  z.strictObject({
    command: z.string(),
    role: z.string(),
    value: z.union([z.number(), z.boolean(), z.string(), z.strictObject({ of: expressionSchema })]).optional(),
  }),
])
export type ScenarioAction = z.infer<typeof actionSchema>

/** One step. What it `does` happens at its beginning, in order; then it lasts until its end comes. */
const stepSchema = z.strictObject({
  id: wordSchema,
  title: bilingualSchema.describe('What happens now, on the tablet: 等水到 95 °C，看谁先到.'),
  say: bilingualSchema.optional().describe('Speaking hint for the guide; on the tablet only.'),
  show: wordSchema.optional().describe('Panel on the screen; stays until another is shown.'),
  does: z.array(actionSchema).default([]),
  during: z
    .array(
      z.strictObject({ when: expressionSchema, does: z.array(actionSchema).min(1), once: z.boolean().default(true) }),
    )
    .default([])
    .describe('While the step lasts: what is done when a condition comes true. D13 uses once: false.'),
  ask: z
    .strictObject({
      question: bilingualSchema,
      options: z.array(bilingualSchema).min(2).max(6),
      answer: expressionSchema.optional().describe('Index of the right option, when the run can tell.'),
    })
    .optional(),
  clock: z
    .strictObject({ from: z.number().min(0).max(48), to: z.number().min(0).max(48) })
    .optional()
    .describe('Hours the drawn clock goes through while the step lasts; `hour` in expressions.'),
  until: z.discriminatedUnion('is', [
    z.strictObject({ is: z.literal('time'), s: z.number().min(0.5).max(900) }),
    z.strictObject({ is: z.literal('guide') }),
    z.strictObject({
      is: z.literal('condition'),
      when: expressionSchema,
      withinS: z.number().min(1).max(900),
      otherwise: z.enum(['go-on', 'stop']).default('go-on'),
    }),
  ]),
  repeat: z
    .strictObject({ of: wordSchema, as: wordSchema })
    .optional()
    .describe('Once for each device of a list role; `as` names its index: load[i].'),
  needs: z.array(wordSchema).default([]).describe('Left out when one of these roles is missing.'),
})

const figureSchema = z.strictObject({
  id: wordSchema,
  name: bilingualSchema,
  is: expressionSchema,
  unit: z
    .string()
    .default('')
    .describe('W, Wh, kWh, yuan, kgCO2, %, s, K, km, min …; the screen chooses kWh for many Wh.'),
  digits: z.int().min(0).max(4).optional(),
  formula: z.enum(['F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F9', 'F10']).optional(),
  assumes: bilingualSchema.optional().describe('What is assumed, printed under it: 每天 4 小时.'),
  needs: z.array(wordSchema).default([]),
})

/** A scenario file: gateway/demos/scenarios/<id>.yaml */
export const scenarioSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  number: z.string().regex(/^D\d{2}$/),
  version: z.int().min(1),
  name: bilingualSchema,
  story: bilingualSchema.describe('Two sentences a visitor understands.'),
  family: z.enum(['appliances', 'smart-home', 'smart-meter', 'ev', 'pv', 'saving', 'business', 'safety']),
  season: z.enum(['summer', 'winter']).optional(),
  lengthS: z.number().min(30).max(900),
  audience: z.array(z.enum(['residents', 'students', 'drivers', 'businesses', 'doubters', 'everybody'])).min(1),
  unattended: z
    .boolean()
    .default(false)
    .describe('May run without a guide, again and again; then it switches nothing.'),
  roles: z.record(wordSchema, roleSchema).default({}),
  inputs: z.record(wordSchema, inputSchema).default({}),
  safety: safetySchema.prefault({}),
  panels: z.record(wordSchema, panelSchema),
  steps: z.array(stepSchema).min(1).max(40),
  figures: z.array(figureSchema).max(20).default([]),
  result: z.strictObject({
    figures: z.array(wordSchema).min(1).max(3).describe('The three the audience sees.'),
    sentence: bilingualSchema.describe('With {figure} in braces: 电磁炉省 {saving}，少用 {lessWh}.'),
    panel: wordSchema.optional(),
  }),
  baseline: z.strictObject({ text: bilingualSchema, fact: z.string().optional() }).optional(),
  fallbacks: z
    .array(z.strictObject({ missing: wordSchema, use: z.enum(['replay', 'without', 'hide']), say: bilingualSchema }))
    .default([]),
  card: z.strictObject({
    points: z.array(bilingualSchema).min(2).max(5).describe('Speaking card: what to say, in the order of the run.'),
    questions: z
      .array(z.strictObject({ asks: bilingualSchema, answer: bilingualSchema }))
      .max(3)
      .default([]),
    safety: bilingualSchema,
    sources: z.array(z.string()).default([]).describe('Ids of facts it stands on.'),
  }),
})
export type Scenario = z.infer<typeof scenarioSchema>
export type ScenarioStep = Scenario['steps'][number]
export type ScenarioRole = Scenario['roles'][string]
