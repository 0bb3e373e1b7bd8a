import type { BadReason, Value } from '../domain/frame.ts'
import type { ItemCase } from './cases-schema.ts'
import { compileItems } from './decode-items.ts'
import { type CompiledRegister, isBad, type RegisterImage } from './decode-registers.ts'
import type { Dlt645Profile } from './dlt645-schema.ts'
import { ITEM_HEADER, identifierAt, itemAddress, itemWords } from './item-words.ts'

/** What the gateway makes of the items a case's meter answers with; a block it does not name is one the meter refuses. */
export function runItemCase(profile: Dlt645Profile, one: ItemCase) {
  const image = imageOfItems(one)
  const values: Record<string, Value> = {}
  const bad: Record<string, BadReason> = {}
  for (const line of compileItems(profile, one.variant)) {
    const register = line.instead && !isThere(image, line) ? line.instead : line
    const value = register.decode(image)
    if (isBad(value)) bad[register.quantity] = value.bad
    else values[register.quantity] = value
  }
  return { values, bad }
}

const isThere = (image: RegisterImage, { address }: CompiledRegister): boolean => image.word('item', address) >= 0

export function imageOfItems({ items, readAt }: ItemCase): RegisterImage {
  const known = new Map(
    Object.entries(items).map(([identifier, text]) => {
      const bytes = Buffer.from(text.replaceAll(' ', ''), 'hex')
      return [identifier, itemWords(bytes, readAt, ITEM_HEADER + bytes.length)] as const
    }),
  )
  return {
    word(_table, address) {
      const identifier = identifierAt(address)
      return known.get(identifier)?.[address - itemAddress(identifier)] ?? -1
    },
  }
}
