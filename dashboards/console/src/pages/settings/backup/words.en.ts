import type { EnglishOf } from '../../../words/words.ts'
import type { zh } from './words.zh.ts'

export const en: EnglishOf<typeof zh> = {
  heading: 'Backup',
  intro: 'One file, while the gateway runs. Take one every week and keep it on another machine.',
  take: 'Download a backup',
  taking: 'Packing; with much data this takes minutes. Leave this page open',
  taken: 'Handed to the browser: {name} ({size})',
  inside: 'What is inside',
  insideStore: 'The store: values, alarms, orders, messages, users (passwords only as hashes), audit log',
  insideHall: 'hall.yaml with its comments',
  insideProfiles: 'The device profiles that this hall uses',
  outside: 'What is not',
  outsideSecrets: 'Secrets and tokens in environment variables: keep them separately',
  outsideSessions: 'Sessions: everybody signs in anew',
  outsideMqtt: 'The file of MQTT passwords: make it anew with hallwatt mqtt password',
  outsideInflux: 'The history in InfluxDB: InfluxDB backs that up',
  restore: 'How to restore',
  restoreStop: 'Install Hallwatt on the new machine; do not start the gateway.',
  restoreRun: 'Run this; the folder must be empty:',
  restoreSecrets: 'Set the secrets in the environment, then start the gateway.',
  restoreCheck: 'Sign in and verify the whole chain under Audit.',
  careful: 'The file holds names and phone numbers of people: keep it as safe as a password.',
}
