import { ref } from 'vue'
import { kept } from '../session/kept.ts'

export type Theme = 'auto' | 'light' | 'dark'

const THEMES: readonly Theme[] = ['auto', 'light', 'dark']

export const theme = ref<Theme>(THEMES.find((each) => each === kept.get('theme')) ?? 'auto')
export const largeText = ref(kept.get('largeText') === 'yes')

/** Puts theme and text size onto the page. */
export function showTheme(): void {
  const dark = theme.value === 'dark' || (theme.value === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  document.documentElement.dataset.text = largeText.value ? 'large' : 'normal'
}

export function chooseTheme(next: Theme): void {
  theme.value = next
  kept.set('theme', next)
  showTheme()
}

export function chooseLargeText(large: boolean): void {
  largeText.value = large
  kept.set('largeText', large ? 'yes' : null)
  showTheme()
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', showTheme)
