import { quantityOf } from '../domain/quantity.ts'
import type { CommandOffer, CommandRecord } from './command.ts'
import { type CommandSituation, inputOf, standingRefusal } from './decide.ts'

/** A command as a screen shows it: what it takes, what is in the way now, and what came of it last. */
export function offerOf(name: string, situation: CommandSituation, last: CommandRecord | undefined): CommandOffer {
  const { command, givenLastDay } = situation
  const { title, quantity, power, allOff, permission, maxPerDay, revert } = command
  const refusal = standingRefusal(situation)
  return {
    ...{ command: name, title, unit: quantity === undefined ? '' : (quantityOf(quantity)?.unit ?? '') },
    ...{ takes: inputOf(command), power, allOff, permission, canRevert: revert !== undefined },
    ...(quantity !== undefined && { quantity }),
    ...(maxPerDay !== undefined && { perDay: { most: maxPerDay, left: Math.max(0, maxPerDay - givenLastDay) } }),
    ...(refusal && { refusal }),
    ...(last && { last }),
  }
}
