import { get, type Shape } from '../api/client.ts'
import { openShelf } from './shelf.ts'

/** An order as it was when the gateway was last heard. */
export interface KeptOrder {
  readonly user: string
  /** The gateway's clock, Unix ms. */
  readonly at: number
  readonly order: Shape<'WorkOrderDetail'>
}

/** Nobody holds more at a time; the most urgent ones are kept. */
const MOST_KEPT = 20

const shelf = openShelf<KeptOrder>('orders')

/** The orders of this person that this phone still knows, newest knowledge first. */
export const keptOrders = async (user: string | undefined): Promise<KeptOrder[]> =>
  (await shelf.all()).filter((kept) => kept.user === user).sort((a, b) => b.at - a.at)

export const keptOrder = async (user: string | undefined, id: string): Promise<KeptOrder | undefined> =>
  (await keptOrders(user)).find(({ order }) => order.id === id)

/**
 * Takes the orders this person holds along, and forgets what is theirs no more. Throws ApiFailure.
 * @param orders  the open ones of the hall, most urgent first
 */
export async function keepMyOrders(user: string, orders: readonly Shape<'WorkOrder'>[]): Promise<void> {
  const held = orders.filter(({ assignee }) => assignee === user).slice(0, MOST_KEPT)
  for (const { id } of held) {
    const order = await get('/api/v1/orders/{id}', { params: { id } })
    await shelf.put(id, { user, at: order.at, order })
  }
  const ids = new Set(held.map(({ id }) => id))
  for (const kept of await shelf.all())
    if (kept.user !== user || !ids.has(kept.order.id)) await shelf.remove(kept.order.id)
}

/** Signed out: nobody who takes up this phone reads the orders. */
export async function forgetOrders(): Promise<void> {
  for (const { order } of await shelf.all()) await shelf.remove(order.id)
}
