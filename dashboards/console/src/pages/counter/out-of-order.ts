import type { Shape } from '../../api/client.ts'

type Order = Shape<'WorkOrder'>

/** Orders a clerk has to know of: a customer lost something, or somebody reported it. */
export const concernsCustomers = ({ stillServing, source, openAlarms }: Order): boolean =>
  (stillServing !== undefined && openAlarms.length > 0) || source === 'counter' || source === 'qr'

/** Most urgent first, then the oldest. */
export const forTheClerk = (orders: readonly Order[]): Order[] =>
  orders
    .filter(concernsCustomers)
    .sort((a, b) => a.priority.localeCompare(b.priority) || (a.createdAt ?? 0) - (b.createdAt ?? 0))

/** Orders that were not there before. */
export const newOnes = (before: ReadonlySet<string>, now: readonly Order[]): Order[] =>
  now.filter(({ id }) => !before.has(id))
