import { z } from 'zod'
import { PANEL_KINDS, type PanelKind } from '../demos/panel-schema.ts'
import { bilingual, count, failureSchema, unixMs } from './schemas.ts'

/** The shapes of demonstrations and big screens that travel over HTTP. */

const panelKinds = Object.keys(PANEL_KINDS) as [PanelKind, ...PanelKind[]]
const mark = z
  .enum(['live', 'replay', 'simulated'])
  .describe('live 实时: readings in time. replay 回放: a recorded run. simulated 示意: computed, no device.')
const state = z.enum([
  'checking',
  'offer',
  'refused',
  'ready',
  'running',
  'paused',
  'stopping',
  'finishing',
  'done',
  'aborted',
])
const reason = z.object({ code: failureSchema.shape.code, text: bilingual })

const figure = z
  .object({
    id: z.string(),
    name: bilingual,
    value: z.number().nullable().describe('Null when it cannot be had, never 0 for “unknown”.'),
    unit: z.string(),
    digits: z.int().optional(),
    formula: z.string().optional().describe('F1 … F10 of gateway/docs/demos.md.'),
    marks: z.array(mark).describe('Kinds of truth it stands on; a screen names each.'),
    complete: z.boolean().describe('False: 数据不完整, samples are missing.'),
    facts: z.array(z.string()).describe('Ids of the facts it stands on.'),
    assumes: bilingual.optional(),
  })
  .meta({ id: 'DemoFigure' })

const panelItem = z.object({
  id: z.string(),
  label: bilingual,
  value: z.number().nullable(),
  unit: z.string(),
  digits: z.int().optional(),
  mark,
  max: z.number().optional(),
  min: z.number().optional(),
  target: z.number().optional(),
  bandMin: z.number().optional(),
  bandMax: z.number().optional(),
  on: z.boolean().optional(),
  done: z.boolean().optional(),
  at: z.number().optional(),
  hours: z.number().optional(),
  note: bilingual.optional(),
  lost: z.boolean().optional().describe('Its device answers no more.'),
})

const panel = z
  .object({
    id: z.string(),
    kind: z.enum(panelKinds),
    title: bilingual,
    sentence: bilingual.optional(),
    sorted: z.boolean(),
    items: z.array(panelItem),
    series: z.array(
      z.object({
        id: z.string(),
        label: bilingual,
        unit: z.string(),
        mark,
        points: z.array(z.tuple([z.number(), z.number()])).describe('Seconds since its beginning, and values.'),
      }),
    ),
    sentences: z.array(bilingual),
    mark,
  })
  .meta({ id: 'DemoPanel' })

const role = z.object({
  role: z.string().describe('inductionHob, load[2]'),
  name: bilingual,
  device: z.string().optional(),
  mark,
  switched: z.boolean(),
  on: z.boolean().nullable(),
  onForS: z.number().nullable(),
  powerW: z.number().nullable(),
  values: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()]).nullable()),
  ageS: z.number().nullable(),
  quality: z.enum(['good', 'stale', 'none']),
  trouble: bilingual.optional().describe('Why the run goes on without it.'),
})

const circuit = z.object({
  id: z.string(),
  name: z.string(),
  powerW: z.number().nullable(),
  limitW: z.number(),
  run: z.string().optional().describe('The run that holds it.'),
})
const interlock = z.object({ id: z.string(), clear: z.boolean(), text: bilingual })
const input = z.object({
  id: z.string(),
  name: bilingual,
  value: z.number(),
  unit: z.string(),
  min: z.number(),
  max: z.number(),
  step: z.number(),
  labels: z.array(bilingual).optional(),
  visitor: z.boolean().describe('Changed during the run, by the visitor’s wish.'),
})
const replay = z.object({ record: z.string(), recordedAt: unixMs, hall: z.string(), speed: z.number() })
const ask = z.object({
  question: bilingual,
  options: z.array(z.object({ text: bilingual, guesses: count })),
  open: z.boolean().describe('Guesses are still taken; afterwards they stay beside the truth.'),
  answer: z.int().optional().describe('Index of the right one, once the run can tell.'),
})
const hot = z.array(z.object({ role: z.string(), name: bilingual, leftS: z.number() }))

export const runSchema = z
  .object({
    id: z.string(),
    scenario: z.string(),
    version: z.int(),
    name: bilingual,
    state,
    mark,
    rehearsal: z.boolean(),
    replay: replay.optional(),
    by: z.string(),
    screen: z.string(),
    at: unixMs,
    startedAt: unixMs.nullable(),
    elapsedS: z.number().describe('Without pauses.'),
    step: z
      .object({
        id: z.string(),
        index: z.int().describe('1 is the first.'),
        of: z.int(),
        title: bilingual,
        say: bilingual.optional(),
        waits: z.enum(['time', 'guide', 'condition']),
        leftS: z.number().nullable(),
      })
      .nullable(),
    next: bilingual.nullable(),
    panel: panel.nullable(),
    ask: ask.nullable(),
    inputs: z.array(input),
    roles: z.array(role),
    circuits: z.array(circuit),
    figures: z.array(figure),
    shown: z.array(z.string()).describe('Ids of the figures the audience sees, at most three.'),
    interlocks: z.array(interlock),
    sentence: bilingual.optional(),
    reason: reason.optional().describe('Why it was refused, stopped or aborted. Never on a big screen.'),
    offers: z
      .array(
        z.object({
          kind: z.enum(['replay', 'without', 'rehearse']),
          missing: z.string(),
          text: bilingual,
          record: z.string().optional(),
        }),
      )
      .optional(),
    hot,
    playlist: z.object({ id: z.string(), index: z.int(), of: z.int() }).optional(),
  })
  .meta({ id: 'DemoRun' })

const scenario = z
  .object({
    id: z.string(),
    number: z.string(),
    version: z.int(),
    name: bilingual,
    story: bilingual,
    family: z.string(),
    season: z.enum(['summer', 'winter']).optional(),
    lengthS: z.number(),
    audience: z.array(z.string()),
    unattended: z.boolean(),
    readiness: z.enum(['live', 'simulated', 'replay', 'waiting', 'blocked', 'not-set-up']),
    inS: z.number().optional().describe('When it waits: seconds until it can be played.'),
    reason: reason.optional(),
    device: z.string().optional().describe('The device that is the reason.'),
    record: z.string().optional().describe('Newest record that can be played.'),
    inputs: z.array(input),
    asksGuard: z.boolean().describe('The guide confirms the guard before the first switch.'),
    card: z
      .object({
        points: z.array(bilingual),
        questions: z.array(z.object({ asks: bilingual, answer: bilingual })),
        safety: bilingual,
        sources: z.array(bilingual).describe('Facts it stands on, with issuer and year.'),
      })
      .describe('讲解卡: what the guide says, what visitors ask.'),
    lastRunAt: unixMs.optional(),
  })
  .meta({ id: 'DemoScenario' })

export const demosSchema = z
  .object({
    at: unixMs,
    scenarios: z.array(scenario),
    playlists: z.array(
      z.object({
        id: z.string(),
        name: bilingual,
        minutes: z.number().nullable(),
        scenarios: z.array(z.string()),
        loop: z.boolean(),
      }),
    ),
    circuits: z.array(circuit),
    interlocks: z.array(interlock),
    runs: z.array(runSchema),
  })
  .meta({ id: 'Demos' })

export const recordHeadSchema = z
  .object({
    id: z.string(),
    scenario: z.string(),
    name: bilingual,
    state,
    mark,
    rehearsal: z.boolean(),
    by: z.string(),
    startedAt: unixMs,
    endedAt: unixMs,
    playable: z.boolean().describe('Its samples are there and the checksum fits.'),
    audience: z.int().optional(),
    remark: z.string().optional(),
    reason: reason.optional(),
  })
  .meta({ id: 'DemoRecordHead' })

export const recordSchema = recordHeadSchema
  .extend({
    version: z.int(),
    hall: z.object({ id: z.string(), name: z.string() }),
    gatewayVersion: z.string(),
    devices: z.array(
      z.object({
        role: z.string(),
        device: z.string(),
        profile: z.string(),
        model: z.string().optional(),
        serial: z.string().optional(),
      }),
    ),
    samplingS: z.number(),
    inputs: z.record(z.string(), z.number()),
    figures: z.array(figure),
    facts: z.array(
      z.object({
        id: z.string(),
        name: bilingual,
        value: z.number().nullable(),
        unit: z.string(),
        issuer: z.string(),
        year: z.int().nullable(),
        grade: z.string(),
      }),
    ),
    guesses: z.array(z.object({ step: z.string(), counts: z.array(count) })),
    sentence: bilingual.optional(),
    checksum: z.string().describe('SHA-256 over everything that was measured.'),
  })
  .meta({ id: 'DemoRecord' })

export const screenStateSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    connected: count,
    dark: z.boolean(),
    shows: z.string().optional().describe('Scenario that it shows.'),
  })
  .meta({ id: 'ScreenState' })

/** Travels in the screen's stream; the description of a stream cannot hold it, so it has a name of its own. */
export const screenViewSchema = z
  .object({
    name: z.string(),
    hall: z.object({ id: z.string(), name: z.string() }),
    at: unixMs,
    dark: z.boolean(),
    run: runSchema
      .pick({
        ...{ id: true, scenario: true, name: true, state: true, mark: true, rehearsal: true, replay: true },
        ...{
          startedAt: true,
          elapsedS: true,
          panel: true,
          ask: true,
          inputs: true,
          figures: true,
          shown: true,
          sentence: true,
        },
        hot: true,
      })
      .extend({ roles: z.array(role.omit({ device: true })) })
      .nullable(),
    attract: z.object({ panels: z.array(panel), sentence: bilingual.nullable(), dim: z.boolean() }),
  })
  .meta({ id: 'ScreenView' })

/** The rooms give lists that nobody may change; the types of what is sent know no such thing. */
type Sent<T> = T extends readonly [infer A, infer B]
  ? [A, B]
  : T extends readonly (infer E)[]
    ? Sent<E>[]
    : T extends object
      ? { -readonly [K in keyof T]: Sent<T[K]> }
      : T

export const sent = <T>(value: T): Sent<T> => value as Sent<T>
