import type { SafetyInputs } from '../experience/thing.ts'
import type { FaultDefinition } from '../faults.ts'

/** One input of the safety panel is on while the fault lasts. */
const input = (zh: string, en: string, which: keyof SafetyInputs, finds?: string): FaultDefinition => ({
  zh,
  en,
  ...(finds !== undefined && { finds }),
  on: ['safety'],
  apply: ({ thing }) => {
    if (thing?.inputs) thing.inputs[which] = true
  },
  clear: ({ thing }) => {
    if (thing?.inputs) thing.inputs[which] = false
  },
})

/** What goes wrong in the experience zone while visitors look on. */
export const experienceFaults: Record<string, FaultDefinition> = {
  e_stop: input('急停按下', 'Emergency stop pressed', 'emergencyStopPressed'),
  contactor_open: input('演示接触器断开', 'Demo contactor open', 'contactorStuckOpen'),
  rcd_tripped: input('漏电保护动作', 'Residual current device tripped', 'rcdTripped', 'demo.tripped'),
  breaker_tripped: input('断路器跳闸', 'Breaker tripped', 'breakerTripped', 'demo.tripped'),
  smoke: input('烟雾报警', 'Smoke detected', 'smokeDetected', 'demo.danger'),
  gas: input('燃气报警', 'Gas detected', 'gasDetected', 'demo.danger'),
  water: input('水浸报警', 'Water detected', 'waterDetected', 'demo.danger'),
  meter_frozen: {
    zh: '表计读数停滞',
    en: 'Meter repeats its figures with new time stamps',
    on: ['instrument'],
    apply: ({ trouble }) => {
      trouble.stuck = true
    },
    clear: ({ trouble }) => {
      delete trouble.stuck
    },
  },
  slow_reports: {
    zh: '上报变慢',
    en: 'Reports only every so many seconds',
    on: ['instrument', 'appliance'],
    parameters: { seconds: 10 },
    apply: ({ trouble }, { seconds = 10 }) => {
      trouble.reportEveryMs = seconds * 1000
    },
    clear: ({ trouble }) => {
      delete trouble.reportEveryMs
    },
  },
}
