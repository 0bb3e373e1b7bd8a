import { z } from 'zod'

const bilingual = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
const word = z.string().regex(/^[a-z][A-Za-z0-9]*$/)

/**
 * What a big screen can draw. Every kind gets the same shape of data (items and series), so that the engine knows none of them;
 * which items a kind needs stands beside it. Items of a list are written once with `each`.
 */
export const PANEL_KINDS = {
  /** Nodes with moving dots. Items by id: grid, pv, battery (import, generation, discharge positive), evse, and any others as loads. */
  flow: { items: ['grid'] },
  /** Bars growing side by side; `sorted` makes a podium. Any items; `max` sets the scale, `target` draws a line. */
  bars: { items: [] },
  /** Lanes that fill up to their target: item value, target, and `done` once the lane has arrived. */
  race: { items: [] },
  /** One block in, several out: items in, out. */
  blocks: { items: ['in', 'out'] },
  /** Lines over time, from series; items are the legend’s present values. */
  curves: { items: [] },
  /** A ring of 24 hours coloured by price (series `price`: 24 values), items are blocks with `at` (hour) and `hours`. */
  ring: { items: [] },
  /** Steps of a tariff: items step1, step2 … (value: upper end in kWh, price in `target`), marker. */
  stairs: { items: ['marker'] },
  /** A meter’s face with named numbers: any items. */
  meter: { items: [] },
  /** A needle in a band: item needle with min, max, and `bandMin`, `bandMax`; others stand beside it. */
  gauge: { items: ['needle'] },
  /** A glass that must not spill: item level with max; parts are the other items. */
  glass: { items: ['level'] },
  /** A road that lengthens, with price tags: item distance with max; the other items are tags. */
  road: { items: ['distance'] },
  /** A flat whose rooms go dark: each item is a room with `on`. */
  house: { items: [] },
  /** A tank with heat: items top, middle, bottom (°C) and others beside it. */
  tank: { items: ['top'] },
  /** Real, reactive and apparent power: items p, q, s, and others beside it. */
  triangle: { items: ['p', 'q', 's'] },
  /** A cup that fills with heat: item heat with max. */
  cup: { items: ['heat'] },
  /** Up to three big figures. */
  numbers: { items: [] },
  /** A few sentences to read. */
  sentences: { items: [] },
} as const satisfies Record<string, { readonly items: readonly string[] }>
export type PanelKind = keyof typeof PANEL_KINDS
const panelKinds = Object.keys(PANEL_KINDS) as [PanelKind, ...PanelKind[]]

const expression = z.string().min(1).max(400)

const itemSchema = z.strictObject({
  id: word,
  label: bilingual.optional().describe('Default: the name of the role it is `of`.'),
  of: z.string().optional().describe('Role it belongs to; its mark and age come from there.'),
  each: word.optional().describe('A list role: one item for each of its devices, whose index is `i` in expressions.'),
  value: expression.optional(),
  unit: z.string().default(''),
  digits: z.int().min(0).max(4).optional(),
  max: z.union([z.number(), expression]).optional(),
  min: z.number().optional(),
  target: z.union([z.number(), expression]).optional(),
  bandMin: z.number().optional(),
  bandMax: z.number().optional(),
  on: expression.optional().describe('Lit or switched on.'),
  done: expression.optional(),
  at: expression.optional().describe('Hour of a block, 0–24.'),
  hours: z.number().positive().optional(),
  note: bilingual.optional(),
  needs: z.array(word).default([]),
})

const seriesSchema = z.strictObject({
  id: word,
  label: bilingual,
  of: z.string().describe('role.quantity, sampled during the run'),
  from: word.optional().describe('Begins at this mark. Default: the beginning of the run.'),
  unit: z.string().default(''),
})

export const panelSchema = z.strictObject({
  kind: z.enum(panelKinds),
  title: bilingual,
  sentence: bilingual
    .optional()
    .describe('One sentence below the picture; {figure} and {input} in braces are filled in.'),
  sorted: z.boolean().default(false),
  items: z.array(itemSchema).max(12).default([]),
  series: z.array(seriesSchema).max(4).default([]),
  sentences: z.array(bilingual).max(6).default([]),
})
export type Panel = z.infer<typeof panelSchema>
