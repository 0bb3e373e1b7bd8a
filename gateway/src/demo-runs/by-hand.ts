import type { CommandRefusal } from '../commands/command.ts'
import type { Interlock } from '../commands/decide.ts'
import type { RunReason } from '../demos/run.ts'
import { allows } from '../domain/role.ts'
import type { HallView } from './hall-view.ts'
import { refusedText } from './prepare.ts'

/**
 * I1, I2, I10 and I11 for whoever switches a device of the demonstrations on without one: HTTP, MQTT, a flow. Runs look at them
 * themselves. Who leads the hall may switch on outside the schedule here too.
 */
export function createByHand(view: Pick<HallView, 'tripped' | 'open' | 'switchable' | 'hangsOn'>): Interlock {
  return ({ device, via, roles }, { command }) => {
    if (via === 'demo' || !command.power || !view.switchable().includes(device)) return undefined
    const input = view.tripped().find(({ circuit }) => circuit === undefined || view.hangsOn(circuit, device))
    if (input) return refusal(input.id, input.reason.text)
    if (view.open() || (via === 'http' && allows(roles, 'override-close'))) return undefined
    return refusal('I11', { zh: '非开放时间，不通电', en: 'Outside the schedule nothing is switched on.' })
  }
}

const refusal = (id: string, text: RunReason['text']): CommandRefusal => ({
  code: 'HW_COMMAND_INTERLOCK',
  message: `${id} ${refusedText({ code: 'HW_COMMAND_INTERLOCK', text })}`,
})
