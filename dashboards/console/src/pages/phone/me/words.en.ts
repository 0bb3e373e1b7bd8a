import type { EnglishOf } from '../../../words/words.ts'
import type { zh } from './words.zh.ts'

export const en: EnglishOf<typeof zh> = {
  heading: 'Me',
  roles: 'Roles',
  theme: 'Brightness',
  auto: 'As the phone',
  light: 'Light (in the sun)',
  dark: 'Dark',
  largeText: 'Large text',
  language: 'Language',
  stillArrows: 'Still arrows (no animation)',
  notices: 'How I am told',
  myChannels: 'My channels: {channels}',
  noticesText:
    'Alarms come through the chat groups and SMS of the hall. Browser push is not dependable here and is not used.',
  install: 'Install: choose "Install app" or "Add to home screen" in the menu of the browser.',
  installed: 'Installed: opens the orders you hold without signal too.',
  bookmark: 'This is not HTTPS: "Add to home screen" is a bookmark only. Keep this page open where there is no signal.',
  about: 'About this system',
  signOut: 'Sign out',
  signOutTitle: 'Not sent yet: {n}',
  signOutText:
    'They stay on this phone and are sent when {name} signs in again. After 24 h the gateway no longer takes their time.',
  sendFirst: 'Send first',
  stay: 'Stay',
  signOutAnyway: 'Sign out, keep them here',
}
