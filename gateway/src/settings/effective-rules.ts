import { isDeepStrictEqual } from 'node:util'
import type { ResolvedDevice, ResolvedHall } from '../config/resolved-hall.ts'
import { FAULT_CODES } from '../domain/fault-codes.ts'
import { faultFacts } from '../domain/fault-facts.ts'
import { PARTS } from '../domain/part-states.ts'
import { faultDevice } from '../faults/faults.ts'
import type { EffectiveRules } from '../http/setup-views.ts'

/** The rules that hold for a device, and which layer each comes from. */
export function effectiveRules(device: ResolvedDevice, { hall }: ResolvedHall): EffectiveRules {
  const layerOf = (
    rule: unknown,
    type: string,
    quantities: readonly string[],
  ): EffectiveRules['rules'][number]['from'] => {
    const same = (one: unknown) => one === rule || isDeepStrictEqual(one, rule)
    if (hall.repair.rules.some(same)) return 'hall'
    if (device.profile.faults.some(same)) return 'profile'
    const isPart = quantities.some((quantity) => Object.hasOwn(PARTS, quantity.split('.', 1)[0] ?? ''))
    return isPart && type === 'state' ? 'parts' : 'kind'
  }
  return {
    device: device.id,
    rules: faultDevice(device, hall.repair.rules).rules.map(({ rule, part, quantities }) => {
      const { zh, en } = FAULT_CODES[rule.code]
      return {
        code: rule.code,
        name: { zh, en },
        part,
        quantities: [...quantities],
        priority: rule.priority ?? faultFacts(rule.code, part, device.kind).priority,
        from: layerOf(rule, rule.type, quantities),
        rule: { ...rule },
      }
    }),
  }
}
