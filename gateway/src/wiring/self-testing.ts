import type { Broker, IncomingPublish } from '../broker/broker.ts'
import { topicOf } from '../broker/topics.ts'
import type { ResolvedDevice, ResolvedHall } from '../config/resolved-hall.ts'
import type { Clock } from '../ports/clock.ts'
import { topicMatches, topicPattern } from '../profiles/topic-template.ts'
import { createSelfTests } from '../repair/self-tests.ts'
import type { Health, OrderBook } from '../work-orders/order-book.ts'

const NAME = 'self-test'
const RESULT_ENDS = `/command/${NAME}/result`

/** Devices of our own contract that prove themselves by a test of their own, in halls that want it. */
export function createSelfTesting(parts: {
  hall: () => ResolvedHall
  orders: Pick<OrderBook, 'open' | 'order'>
  publish: Broker['publish']
  /** Adds a remark to an order. */
  note(order: string, text: string): void
  clock: Clock
}) {
  const { hall, orders, clock } = parts
  const tests = createSelfTests()
  const hallId = () => hall().hall.hall.id

  /**
   * The device is asked when it is first seen healthy in this proof: one that still starts could not answer, and one with an
   * alarm has failed anyway. What nobody repaired is not tested: a test may print, and call a customer's receipt in question.
   */
  function ask(id: string, since: number): void {
    const device = hall().devices.get(id)
    if (!hall().hall.repair.verify.selfTest || !device || !takesSelfTests(device)) return
    const order = orders.open(clock.wallMs()).find((open) => open.device === id && open.state === 'verifying')
    if (!order?.events.some(({ type }) => type === 'finished')) return
    tests.start({ order: order.id, device: id, since }, clock.monotonicMs())
    const topic = topicOf('command', { hall: hallId(), device: id, name: NAME })
    parts.publish(topic, JSON.stringify({ id: order.id, t: clock.wallMs() }), { qos: 1 })
  }

  const health: Pick<Required<Health>, 'selfTest' | 'selfTestText'> = {
    selfTest(device, since) {
      if (!tests.asked(device, since)) ask(device, since)
      return tests.state(device, since)
    },
    selfTestText: (device) => tests.text(device),
  }

  return {
    health,
    /** Every message of every device comes by here; only the device itself may answer for itself. */
    takeAnswer({ user, topic, payload }: IncomingPublish): void {
      if (!topic.endsWith(RESULT_ENDS)) return
      const device = hall().devices.get(topic.split('/')[2] ?? '')
      if (device?.connection.via !== 'mqtt' || device.connection.user !== user) return
      if (topic !== topicOf('commandResult', { hall: hallId(), device: device.id, name: NAME })) return
      tests.answer(device.id, payload, clock.monotonicMs())
    },
    /** Says in the order that its device has no self-test. Call about once a second, before the proofs are looked at. */
    tick(): void {
      for (const { order } of tests.unanswered(clock.monotonicMs()))
        if (orders.order(order)?.state === 'verifying') parts.note(order, '设备没有回应自检命令,只凭读数验证')
    },
  }
}

/** Whether the device speaks our contract and its profile lets it hear the command. */
function takesSelfTests({ id, hall, profileId, profile, connection }: ResolvedDevice): boolean {
  if (connection.via !== 'mqtt' || !profileId.startsWith('hallwatt/')) return false
  const topic = topicOf('command', { hall, device: id, name: NAME })
  return (profile.mqtt?.subscribes ?? []).some((template) =>
    topicMatches(topicPattern(template, connection.parameters).filter, topic),
  )
}
