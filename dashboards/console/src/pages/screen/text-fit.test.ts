import { expect, test } from 'vitest'
import { emphasised, fitted, plain, widthEm } from './text-fit.ts'

test('a device name cannot turn the text around it, break a line or hide letters', () => {
  expect(plain('水壶\u202Egnp.exe\u202C\u200B\n2')).toBe('水壶 gnp.exe 2')
})

test('a label that fits stays whole', () => {
  expect(fitted('电磁炉', 3)).toBe('电磁炉')
})

test('a label that does not fit ends in an ellipsis and is never wider than its place', () => {
  for (const em of [2, 3.5, 6, 9]) {
    const cut = fitted('东湖供电营业厅自助服务区 Self-service', em)
    expect(cut.endsWith('…')).toBe(true)
    expect(widthEm(cut)).toBeLessThanOrEqual(em + 0.6)
  }
})

test.each([
  ['此刻 31.9% 来自屋顶', ['此刻 ', '31.9%', ' 来自屋顶']],
  ['31.9 % comes from the roof', ['', '31.9 %', ' comes from the roof']],
  ['屋顶跟着太阳走', ['屋顶跟着太阳走', '', '']],
  ['大厅在用 4,600\u2009W', ['大厅在用 ', '4,600\u2009W', '']],
  ['一年省 ¥136.67', ['一年省 ', '¥136.67', '']],
])('the number of “%s” is found, with its unit', (sentence, parts) => {
  expect(emphasised(sentence)).toEqual(parts)
  expect(emphasised(sentence).join('').replaceAll(' ', '')).toBe(sentence.replaceAll(' ', ''))
})
