import type { QuantityDefinition } from './definition.ts'

/** Stream `demo_run`: what a demonstration came to. */
export const DEMONSTRATIONS = {
  runState: { type: 'text', unit: '', zh: '演示结果', en: 'How the run ended' },
  runMark: { type: 'text', unit: '', zh: '演示真实性', en: 'Kind of truth of the run' },
  runDuration: { type: 'number', unit: 's', zh: '演示时长', en: 'Length of the run' },
  runEnergy: { type: 'number', unit: 'kWh', zh: '演示用电', en: 'Energy of the run' },
  guessesTaken: { type: 'number', unit: '', zh: '竞猜人次', en: 'Guesses of the audience' },
  runAudience: { type: 'number', unit: '', zh: '观众人数', en: 'People who watched' },
  stopReason: { type: 'text', unit: '', zh: '停止原因', en: 'Why it was stopped' },
} as const satisfies Record<string, QuantityDefinition>
