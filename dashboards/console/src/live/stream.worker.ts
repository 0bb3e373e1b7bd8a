import { browserParts } from './event-source.ts'
import { asSnapshot, EMPTY_MIRROR, type HallMirror, reflected } from './hall-mirror.ts'
import { createLiveLink, isStep, type LinkMessage, type LinkState } from './live-link.ts'

// One stream for all tabs of this browser: plain HTTP/1.1 allows six connections to a host, so with one per tab the seventh
// tab of an operator would stand still.

const tabs = new Set<MessagePort>()
let mirror: HallMirror = EMPTY_MIRROR
let state: LinkState = 'connecting'
let link: ReturnType<typeof createLiveLink> | undefined

function tell(message: LinkMessage): void {
  if (message.type === 'link') state = message.state
  else if (!isStep(message)) mirror = reflected(mirror, message)
  for (const tab of tabs) tab.postMessage(message)
}

addEventListener('connect', (event) => {
  const tab = (event as MessageEvent).ports[0]
  if (!tab) return
  tabs.add(tab)
  tab.onmessage = ({ data }: MessageEvent<'renew' | 'leave'>) => {
    if (data === 'renew') link?.renew()
    else tabs.delete(tab)
  }
  if (!link) link = createLiveLink({ ...browserParts, tell })
  else {
    tab.postMessage({ type: 'link', state, retryAt: null } satisfies LinkMessage)
    const snapshot = asSnapshot(mirror)
    if (snapshot) tab.postMessage(snapshot)
  }
})
