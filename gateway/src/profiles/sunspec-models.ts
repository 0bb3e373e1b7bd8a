import { z } from 'zod'
import type { Register } from './profile-schema.ts'
import { registerTypes } from './profile-schema.ts'
import type { SunSpecMap } from './sunspec-walk.ts'

const pointSchema = z.strictObject({
  name: z.string(),
  offset: z.int().min(0).describe('From the model’s id.'),
  type: z.enum(registerTypes),
  words: z.int().optional(),
  accumulator: z.boolean().default(false).describe('0 is "not implemented".'),
  scale: z.string().optional().describe('Name of the scale factor of the same model.'),
  unit: z.string().optional(),
})

const modelSchema = z.strictObject({
  id: z.int(),
  zh: z.string(),
  en: z.string(),
  length: z.int().describe('Registers after id and length, where the device leaves none out.'),
  points: z.array(pointSchema).optional(),
  pointsOf: z.int().optional().describe('The model that has the same points.'),
  repeating: z
    .strictObject({ from: z.int(), every: z.int(), points: z.array(pointSchema) })
    .optional()
    .describe('Blocks that follow, one for each module.'),
})

/** `device-profiles/sunspec/models.json`: the information models a profile of ours speaks of, and their neighbours. */
const modelsSchema = z.strictObject({ source: z.string(), models: z.array(modelSchema) })

export type KnownModel = z.infer<typeof modelSchema>
type Point = z.infer<typeof pointSchema>

/** @throws ZodError when the file is not what it should be: it comes with the program */
export const parseModels = (json: string): ReadonlyMap<number, KnownModel> =>
  new Map(modelsSchema.parse(JSON.parse(json)).models.map((model) => [model.id, model]))

/** The point of a model at which a register of a profile stands, and its scale factor; undefined where there is none. */
export function pointAt(
  models: ReadonlyMap<number, KnownModel>,
  id: number,
  register: Pick<Register, 'address'>,
): { readonly point: Point; readonly scaleOffset: number | undefined } | undefined {
  const model = models.get(id)
  const shared = model?.pointsOf === undefined ? model : models.get(model.pointsOf)
  const points = shared?.points ?? []
  const point = points.find(({ offset }) => offset === register.address) ?? repeated(shared, register.address)
  if (!point) return undefined
  return { point, scaleOffset: points.find(({ name }) => name === point.scale)?.offset }
}

function repeated(model: KnownModel | undefined, address: number): Point | undefined {
  if (!model?.repeating || address < model.repeating.from) return undefined
  const { from, every, points } = model.repeating
  return points.find(({ offset }) => offset === (address - from) % every)
}

/** What a person reads at the device: one line per model, with its place; `?` for models we have no name for. */
export function modelsText({ base, models }: SunSpecMap, known: ReadonlyMap<number, KnownModel>): string {
  const lines = models.map(({ id, address, length }) => {
    const name = known.get(id)
    const place = `${address} (0x${address.toString(16).padStart(4, '0')})`
    return `  ${String(id).padStart(5)}  ${place.padEnd(15)} ${String(length).padStart(4)}  ${name ? `${name.zh}  ${name.en}` : '?'}`
  })
  return [`SunSpec, marker at ${base}:`, '  model  address       length', ...lines].join('\n')
}
