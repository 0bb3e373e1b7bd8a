import type { EnglishOf } from '../words/words.ts'
import type { zh } from './words.zh.ts'

export const en: EnglishOf<typeof zh> = {
  offlineFor: 'Offline for {time}',
  waitingActs: 'waiting to be sent: {n}',
  nothingWaiting: 'nothing waits to be sent',
  sendingActs: 'Sending',
  sendNow: 'Try again',
  refusedActs: 'Not accepted: {n}',
  decide: 'Decide',
  signInToSend: 'The session ended. Sign in to send on',
  actsOfOthers: 'waiting for others to sign in: {n}',
}
