/** What stands at one place of a function’s brackets. `each`: a quantity, or an expression with the index `i`. */
export type ParameterKind = 'value' | 'role' | 'list' | 'point' | 'mark' | 'each'

export interface FunctionShape {
  readonly takes: readonly ParameterKind[]
  /** So many of the last ones may be left out. */
  readonly optional?: number
  /** Any number of further ones. */
  readonly rest?: ParameterKind
}

/** Every function of the language: what it takes. What it gives stands in evaluate.ts and gateway/docs/demos.md. */
export const FUNCTIONS: Readonly<Record<string, FunctionShape>> = {
  // Readings over time
  at: { takes: ['mark', 'point'] },
  since: { takes: ['mark'] },
  between: { takes: ['mark', 'mark'] },
  energy: { takes: ['role', 'mark', 'mark'], optional: 2 },
  average: { takes: ['point', 'value', 'value'], optional: 1 },
  minimum: { takes: ['point'] },
  maximum: { takes: ['point'] },
  step: { takes: ['role', 'mark'] },
  today: { takes: ['point'] },
  // Lists
  sum: { takes: ['list', 'each'] },
  count: { takes: ['list'] },
  biggest: { takes: ['list', 'each'] },
  smallest: { takes: ['list', 'each'] },
  // Numbers
  abs: { takes: ['value'] },
  floor: { takes: ['value'] },
  round: { takes: ['value', 'value'], optional: 1 },
  min: { takes: ['value'], rest: 'value' },
  max: { takes: ['value'], rest: 'value' },
  orElse: { takes: ['value', 'value'] },
  // Money
  cost: { takes: ['role', 'mark', 'mark'], optional: 2 },
  costOf: { takes: ['value', 'value'], optional: 1 },
  priceNow: { takes: [] },
  priceAt: { takes: ['value'] },
  price: { takes: ['value'] },
  cheapest: { takes: [] },
  dearest: { takes: [] },
  marginalPrice: { takes: ['value'] },
  bill: { takes: ['value'] },
  tierEnd: { takes: ['value'] },
  tierPrice: { takes: ['value'] },
  tierMonths: { takes: [] },
  businessPrice: { takes: ['value'] },
  businessPriceAt: { takes: ['value'] },
  // Facts and formulas
  fact: { takes: ['value'] },
  co2: { takes: ['value'] },
  heat: { takes: ['value', 'value'] },
  efficiency: { takes: ['value', 'value', 'value'] },
  cop: { takes: ['value', 'value', 'value'] },
  saving: { takes: ['value', 'value'] },
  yearKWh: { takes: ['value'] },
  meterError: { takes: ['value', 'value', 'value'] },
  lossLeft: { takes: ['value', 'value'] },
  amps: { takes: ['value', 'value', 'value'] },
  rest: { takes: ['value', 'value', 'value', 'value'] },
  restShare: { takes: ['value', 'value', 'value', 'value'] },
  pvShare: { takes: ['value', 'value', 'value', 'value'] },
}
