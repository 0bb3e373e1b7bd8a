import { expect, test } from 'vitest'
import { runFlow, shipped } from './testing/headless.ts'
import { httpEnd } from './testing/http-end.ts'

const order = (id: string, state: string) => ({
  topic: `hallwatt/donghu/work-order/${id}`,
  payload: state === 'closed' ? '' : JSON.stringify({ id, state, device: 'kiosk-01', text: '卡纸' }),
})

test('a work order reaches the ticket system once per state, through refusals and cut lines, in order', async () => {
  const statuses = [503, 0, 429]
  const tickets = await httpEnd(() => ({ status: statuses.shift() ?? 201 }))
  const flow = await runFlow(shipped('ticket-webhook'), {
    environment: { HALLWATT_FLOW_TICKET_URL: tickets.url, HALLWATT_FLOW_TICKET_TOKEN: 'one two three' },
    settings: { retrySeconds: 0.02 },
  })
  flow.put('ticket-queue', order('W1', 'dispatched'))
  flow.put('ticket-queue', order('W1', 'dispatched'))
  flow.put('ticket-queue', order('W2', 'dispatched'))
  await tickets.until((all) => all.length >= 5)
  flow.put('ticket-queue', order('W1', 'closed'))
  await tickets.until((all) => all.length >= 6)
  expect(tickets.asked.map(({ headers }) => headers['idempotency-key'])).toEqual([
    ...Array(4).fill('W1:dispatched'),
    'W2:dispatched',
    'W1:closed',
  ])
  const [first] = tickets.asked
  expect(first).toMatchObject({ method: 'POST', headers: { authorization: 'Bearer one two three' } })
  expect(JSON.parse(first?.body ?? '')).toMatchObject({ hall: 'donghu', id: 'W1', text: '卡纸' })
})

test('what the ticket system will never take is given up, and the next one goes', async () => {
  const tickets = await httpEnd(({ headers }) => ({
    status: headers['idempotency-key'] === 'W1:dispatched' ? 422 : 200,
  }))
  const flow = await runFlow(shipped('ticket-webhook'), {
    environment: { HALLWATT_FLOW_TICKET_URL: tickets.url },
    settings: { retrySeconds: 0.02 },
  })
  flow.put('ticket-queue', order('W1', 'dispatched'))
  flow.put('ticket-queue', order('W2', 'dispatched'))
  await tickets.until((all) => all.length >= 2)
  expect(tickets.asked.map(({ headers }) => headers['idempotency-key'])).toEqual(['W1:dispatched', 'W2:dispatched'])
})

test('without an address nothing is sent', async () => {
  const flow = await runFlow(shipped('ticket-webhook'))
  const post = flow.at('ticket-post')
  flow.put('ticket-queue', order('W1', 'dispatched'))
  await new Promise((resolve) => setTimeout(resolve, 50)) // nothing happens: there is no event for it
  expect(post.messages).toEqual([])
})
