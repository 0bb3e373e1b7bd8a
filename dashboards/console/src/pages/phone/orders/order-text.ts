import { named } from '../../../words/language.ts'
import type { Order } from '../shell/hall-lists.ts'
import { ordersWords as t } from './orders-words.ts'

/** 卡纸, or what a person wrote who reported it. */
export const faultText = (order: Order): string => named(order.faults[0]?.name) || order.text

const MOST_NAMES = 3

/** What the customer suffers, and what still works. */
export function impactText({ faults, stillServing }: Order): string {
  const impact = named(faults[0]?.impact)
  if (impact === '' || !stillServing) return impact
  const { at, name } = stillServing
  if (at.length === 0) return `${impact} · ${t('nowhere', { what: named(name) })}`
  const devices = at.slice(0, MOST_NAMES).join(' / ')
  const still = at.length > MOST_NAMES ? t('stillAtMore', { devices, n: at.length }) : t('stillAt', { devices })
  return `${impact} · ${still}`
}

/** What to bring, each part once. */
export const partsText = ({ faults }: Order): string =>
  [...new Set(faults.map(({ sparePart }) => named(sparePart)).filter((part) => part !== ''))].join(' / ')

/** Nobody has taken it up. */
export const isFree = ({ state }: Order): boolean =>
  state === 'pending' || state === 'dispatched' || state === 'returned'
