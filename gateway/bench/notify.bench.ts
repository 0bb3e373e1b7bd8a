import { simulateFlood } from '../src/notify/testing/flood-simulation.ts'
import { killRounds } from '../src/notify/testing/kill-rounds.ts'
import { startReceiver } from '../src/notify/testing/local-receiver.ts'
import { sampleNotice } from '../src/notify/testing/notice-samples.ts'
import { openOutbox } from '../src/notify/testing/outbox-fixture.ts'
import { createWebhook } from '../src/notify/webhook.ts'

/** Notices through failing channels and kills, a flood of alarms, and how long one notice takes. */
export async function run({ short = false } = {}) {
  return [await killed(short), await flooded(), await latency(short)]
}

async function killed(short: boolean) {
  const result = await killRounds(
    short ? { notices: 1000, kills: 5, channels: 8 } : { notices: 10_000, kills: 20, channels: 8 },
  )
  return {
    name: 'Notices: 30 % channel failures and kill -9',
    method:
      'A process commits numbered notices and sends them by eight signed webhooks to a local receiver, which refuses 15 % (503), throttles 5 % (429), ' +
      'cuts 5 % before and 5 % after it took the message. The process is killed with SIGKILL at random moments and started again. The receiver drops ' +
      'what comes again under the same `webhook-id`; duplicated are notices it took under two ids.',
    figures: {
      notices: result.notices,
      kills: result.kills,
      requests: result.requests,
      'requests made to fail': result.failed,
      'lost (goal 0)': result.lost,
      'duplicated (goal 0)': result.duplicated,
      'given up as dead letters': result.dead,
      'came again and were dropped by their id': result.dropped,
      'took s': Math.round(result.tookMs / 1000),
    },
  }
}

async function flooded() {
  const flood = await simulateFlood()
  return {
    name: 'Notices: 1,000 alarms in 60 s on one robot',
    method: 'Simulated clock; each alarm is for two people of one group; 10 % P1, 30 % P2, 50 % P3, 10 % P4.',
    figures: {
      alarms: flood.alarms,
      'named in a message': flood.named,
      messages: flood.messages,
      'messages in the busiest minute (goal 20)': flood.busiestMinute,
      'slowest alarm named after s (goal 120)': flood.slowestNamedMs / 1000,
      'slowest P1 named after s': flood.slowestUrgentMs / 1000,
      'longest text, bytes': flood.longestTextBytes,
    },
  }
}

async function latency(short: boolean) {
  const receiver = await startReceiver()
  const hook = createWebhook({ url: receiver.url, wallMs: Date.now })
  const fixture = await openOutbox({ robot: hook })
  const tookMs: number[] = []
  try {
    for (let number = 0; number < (short ? 50 : 300); number++) {
      const startedMs = performance.now()
      await fixture.tell(sampleNotice(number, { createdAt: Date.now() }))
      await receiver.receivedAtLeast(number + 1)
      tookMs.push(performance.now() - startedMs)
    }
  } finally {
    await fixture.close()
    await receiver.close()
  }
  tookMs.sort((a, b) => a - b)
  const at = (share: number) => Math.round((tookMs[Math.floor((tookMs.length - 1) * share)] ?? 0) * 10) / 10
  return {
    name: 'Notices: from the commit to the channel',
    method: 'One P1 notice after the other: commit of the notice, outbox, signed request, received by a local server.',
    figures: {
      notices: tookMs.length,
      'p50 ms': at(0.5),
      'p95 ms (goal, whole chain: 1000)': at(0.95),
      'p99 ms': at(0.99),
    },
  }
}
