import { computed, ref, shallowRef, watch } from 'vue'
import { ApiFailure, post } from '../api/client.ts'
import { hall } from '../live/hall.ts'
import { session } from '../session/session.ts'
import { person } from './person.ts'
import {
  afterFailure,
  inPlace,
  MOST_WAITING,
  nextToSend,
  type OrderAct,
  type QueuedAct,
  retryDelayMs,
  sentBody,
} from './queue-rules.ts'
import { openShelf } from './shelf.ts'

const shelf = openShelf<QueuedAct>('acts')
const acts = shallowRef<readonly QueuedAct[]>([])
const sending = ref<string>()
const signedOut = ref(false)
const listeners = new Set<(order: string) => void>()
/** Tabs of one browser share the queue. */
const tabs = typeof BroadcastChannel === 'function' ? new BroadcastChannel('hallwatt-acts') : undefined

let running: Promise<void> | undefined
let askedAgain = false
let retry: ReturnType<typeof setTimeout> | undefined
let started: Promise<void> | undefined

/** done: the gateway has it. waiting: it goes when the link is back. refused: see `troubled`. full: nothing was taken. */
export type Outcome = 'done' | 'waiting' | 'refused' | 'full'

const gatewayNow = () => Date.now() + hall.clockOffsetMs.value

/** Not `randomUUID`: browsers give that only to pages over HTTPS. */
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

async function readAgain(): Promise<void> {
  acts.value = inPlace(await shelf.all())
}

async function change(next: QueuedAct | undefined, gone?: string): Promise<void> {
  // Nothing is taken away before what replaces it is kept.
  if (next) await shelf.put(next.key, next)
  if (gone !== undefined) await shelf.remove(gone)
  await readAgain()
  tabs?.postMessage('changed')
}

/**
 * Does something with an order: kept on this phone first, then sent, now or when the link is back. Sent again it carries the same
 * key and the time at which it was done.
 */
async function perform(
  order: { readonly id: string; readonly deviceName: string },
  act: OrderAct,
  body: Readonly<Record<string, unknown>> = {},
): Promise<Outcome> {
  await start()
  const user = person.value?.user
  if (user === undefined || acts.value.length >= MOST_WAITING) return 'full'
  const place = Math.max(0, ...acts.value.map((each) => each.place)) + 1
  const mine = { key: newKey(), place, user, order: order.id, deviceName: order.deviceName, act, body }
  await change({ ...mine, doneAt: gatewayNow(), tries: 0 })
  if (!hall.isLive.value) {
    void send() // a dead link may take its time to say so; the person does not wait for it
    return 'waiting'
  }
  await send()
  const left = acts.value.find(({ key }) => key === mine.key)
  return left === undefined ? 'done' : left.trouble ? 'refused' : 'waiting'
}

/** Sends what can be sent, one after the other; a call during a round makes one more round. */
function send(): Promise<void> {
  askedAgain = true
  running ??= rounds().finally(() => {
    running = undefined
  })
  return running
}

async function rounds(): Promise<void> {
  while (askedAgain) {
    askedAgain = false
    await alone(sendAll)
  }
}

/** One tab at a time where the browser can tell; elsewhere the keys keep two tabs from doing anything twice. */
const alone = (work: () => Promise<void>): Promise<void> =>
  navigator.locks ? navigator.locks.request('hallwatt-acts', work) : work()

async function sendAll(): Promise<void> {
  clearTimeout(retry)
  await readAgain()
  for (;;) {
    const next = nextToSend(acts.value, session.me.value?.user)
    if (!next) return
    sending.value = next.key
    try {
      await post(`/api/v1/orders/{id}/${next.act}` as '/api/v1/orders/{id}/note', {
        params: { id: next.order },
        body: sentBody(next, gatewayNow()) as never,
      })
      signedOut.value = false
      await change(undefined, next.key)
      for (const listener of listeners) listener(next.order)
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      const { status, code, message } = error
      const then = afterFailure(status)
      if (then === 'ask') {
        await change({ ...next, trouble: { status, code, message } })
        continue
      }
      signedOut.value = then === 'sign-in'
      await change({ ...next, tries: next.tries + 1 })
      if (then === 'later') retry = setTimeout(() => void send(), retryDelayMs(next.tries + 1))
      return
    } finally {
      sending.value = undefined
    }
  }
}

/** Reads what an earlier visit left, and sends whenever there is hope. */
function start(): Promise<void> {
  started ??= (async () => {
    await readAgain()
    tabs?.addEventListener('message', () => void readAgain())
    const hope = () => void send()
    watch([hall.isLive, () => session.visitor.value.is], ([live, is]) => {
      if (is === 'signed-in') signedOut.value = false
      if (live || is === 'signed-in') hope()
    })
    addEventListener('online', hope)
    document.addEventListener('visibilitychange', () => document.hidden || hope())
    void send()
  })()
  return started
}

const mine = computed(() => acts.value.filter(({ user }) => user === person.value?.user))

export const actQueue = {
  start,
  perform,
  send,
  /** Acts of this person that are not with the gateway yet, oldest first; the one that is being sent for the first time is not among them. */
  waiting: computed(() =>
    mine.value.filter(({ key, tries, trouble }) => !trouble && (key !== sending.value || tries > 0)),
  ),
  /** Acts the gateway did not take. */
  troubled: computed(() => mine.value.filter(({ trouble }) => trouble)),
  /** Acts of others who used this phone; they go when those sign in again. */
  ofOthers: computed(() => acts.value.length - mine.value.length),
  isSending: computed(() => sending.value !== undefined),
  needsSignIn: computed(() => signedOut.value || session.visitor.value.is === 'nobody'),
  /** Calls back with the order's id whenever the gateway took an act. */
  onSent(listener: (order: string) => void): () => void {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
  /** Sends a refused act once more as it is. */
  async again({ trouble: _, ...act }: QueuedAct): Promise<void> {
    await change({ ...act, tries: 1 })
    await send()
  },
  /** Records a refused act with the time of now. */
  async asOfNow({ trouble: _, ...act }: QueuedAct): Promise<void> {
    await change({ ...act, key: newKey(), doneAt: gatewayNow(), tries: 0 }, act.key)
    await send()
  },
  /** Keeps what was done as a remark on the order, in the order's history, though it moves nothing. */
  async asNote({ trouble: _, ...act }: QueuedAct, text: string): Promise<void> {
    await change({ ...act, key: newKey(), act: 'note', body: { text }, tries: 1 }, act.key)
    await send()
  },
  /** The person decided that it does not count. */
  async giveUp(act: QueuedAct): Promise<void> {
    await change(undefined, act.key)
    await send()
  },
}
