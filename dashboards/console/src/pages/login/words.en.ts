import type { EnglishOf } from '../../words/words.ts'
import type { zh } from './words.zh.ts'

export const en: EnglishOf<typeof zh> = {
  heading: 'Sign in',
  user: 'User name',
  password: 'Password or PIN',
  show: 'Show',
  signIn: 'Sign in',
  forgotten: 'Forgotten: ask an administrator for a new one-time password (Settings > Users).',
  wrong: 'The user name or the password is wrong',
  oneTime: 'A one-time password works once. Choose your own now',
  next: 'New password (at least {n} characters)',
  change: 'Change password and go on',
  noSuchPage: 'There is no such page',
  toStart: 'To the start page',
  asReader: 'Look around without signing in',
}
