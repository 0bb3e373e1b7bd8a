import { computed, reactive, ref, shallowRef } from 'vue'
import { browserParts } from './event-source.ts'
import { EMPTY_MIRROR, type HallMirror, type LiveDevice, type LiveEvent, reflected } from './hall-mirror.ts'
import { createLiveLink, isStep, type LinkMessage, type LinkState, STEP_EVENTS, type StepEvent } from './live-link.ts'
import { needVocabulary } from './vocabulary.ts'

/** The figures of a page are painted anew at most this often. */
const REPAINT_MS = 500

const mirror = shallowRef<HallMirror>(EMPTY_MIRROR)
const link = reactive<{ state: LinkState; since: number; lastEventAt: number | null }>({
  state: 'connecting',
  since: Date.now(),
  lastEventAt: null,
})
/** Gateway clock minus the clock of this device, ms. */
const clockOffsetMs = ref(0)
const listeners = new Set<(event: StepEvent) => void>()

let renew = () => {}
let started = false
let waiting: HallMirror | undefined

function take(message: LinkMessage): void {
  if (isStep(message)) {
    for (const listener of listeners) listener(message)
  } else if (message.type === 'link') {
    if (link.state !== message.state) link.since = Date.now()
    link.state = message.state
  } else {
    mirrorNext(message)
  }
}

function mirrorNext(event: LiveEvent): void {
  if (event.type !== 'resnapshot') {
    link.lastEventAt = event.at
    clockOffsetMs.value = event.at - Date.now()
  }
  const next = reflected(waiting ?? mirror.value, event)
  // A new snapshot is shown at once; a page that was away must not show old figures for a moment longer.
  if (event.type === 'snapshot') {
    waiting = undefined
    mirror.value = next
    // What happened to alarms, orders and runs in between was not told.
    for (const type of STEP_EVENTS) for (const listener of listeners) listener({ type, resync: true })
    return
  }
  if (!waiting)
    setTimeout(() => {
      if (waiting) mirror.value = waiting
      waiting = undefined
    }, REPAINT_MS)
  waiting = next
}

/** Opens the stream of this browser, or joins the one that another tab opened. Once per page. */
export function startLive(): void {
  needVocabulary()
  if (started) {
    renew()
    return
  }
  started = true
  if (typeof SharedWorker === 'function') joinSharedStream()
  else openOwnStream()
  addEventListener('online', () => renew())
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && link.state !== 'live') renew()
  })
}

function joinSharedStream(): void {
  const worker = new SharedWorker(new URL('./stream.worker.ts', import.meta.url), { type: 'module', name: 'hallwatt' })
  const { port } = worker
  port.onmessage = ({ data }: MessageEvent<LinkMessage>) => take(data)
  // The gateway went between the page and the worker’s script: nobody would ever say that the link is lost.
  worker.onerror = openOwnStream
  renew = () => port.postMessage('renew')
  addEventListener('pagehide', () => port.postMessage('leave'))
  addEventListener('pageshow', ({ persisted }) => persisted && location.reload())
}

function openOwnStream(): void {
  const own = createLiveLink({ ...browserParts, tell: take })
  renew = () => own.renew()
}

/** Calls back for every change of an alarm, an order or a command, and after each new snapshot. Returns how to stop. */
export function onStep(listener: (event: StepEvent) => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** The live hall. Everything in it is read-only and shared by all parts of the page. */
export const hall = {
  link,
  /** Figures may be trusted and commands may be sent. */
  isLive: computed(() => link.state === 'live'),
  overview: computed(() => mirror.value.overview),
  devices: computed<readonly LiveDevice[]>(() => [...mirror.value.devices.values()]),
  device: (id: string): LiveDevice | undefined => mirror.value.devices.get(id),
  /** True before the first snapshot. */
  isEmpty: computed(() => mirror.value.at === null),
  clockOffsetMs,
  /** More than a minute between this device and the gateway: times cannot be compared. */
  clockIsWrong: computed(() => Math.abs(clockOffsetMs.value) > 60_000),
}
