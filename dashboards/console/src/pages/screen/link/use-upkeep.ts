import { onScopeDispose, type Ref, ref } from 'vue'
import { newVersion, showNewVersion } from '../../../offline/keep-offline.ts'
import { stayAwake } from '../../../parts/stay-awake.ts'
import { shiftAt, shouldReload } from './upkeep.ts'

const LOOK_MS = 60_000
/** How often a page without a service worker (plain HTTP) asks whether there is a new build. */
const LOOKS_PER_VERSION_CHECK = 10

/**
 * Keeps a screen awake, moves its picture by a hair, and loads it anew at night or for a new version, never while something is shown.
 * @param at  the gateway’s clock, Unix ms
 */
export function useUpkeep(
  at: () => number,
  idle: () => boolean,
): { readonly shift: Ref<readonly [x: number, y: number]> } {
  const opened = performance.now()
  const shift = ref(shiftAt(at()))
  let looks = 0
  let newBuild = false

  const look = async () => {
    shift.value = shiftAt(at())
    looks += 1
    if (looks % LOOKS_PER_VERSION_CHECK === 0 && idle() && !newBuild) newBuild = await hasNewBuild()
    const openForMs = performance.now() - opened
    if (!shouldReload({ at: at(), openForMs, idle: idle(), newVersion: newVersion.value || newBuild })) return
    if (newVersion.value) await showNewVersion()
    else location.reload()
  }
  const timer = setInterval(() => void look(), LOOK_MS)
  const release = stayAwake()
  onScopeDispose(() => {
    clearInterval(timer)
    release()
  })
  return { shift }
}

/** The page is asked for once more: its scripts bear the hash of their build in their names. */
async function hasNewBuild(): Promise<boolean> {
  const mine = document.querySelector<HTMLScriptElement>('script[type=module][src]')?.getAttribute('src')
  try {
    const answer = await fetch('/', { cache: 'no-store', signal: AbortSignal.timeout(8_000) })
    const page = await answer.text()
    return answer.ok && mine !== null && mine !== undefined && page.includes('/assets/index-') && !page.includes(mine)
  } catch {
    return false
  }
}
