import { readFile } from 'node:fs/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { singlePhaseItems } from '../../../simulators/dlt645/items.ts'
import { sdm120 } from '../../../simulators/modbus/eastron.ts'
import type { ModbusUnit } from '../../../simulators/modbus/unit.ts'
import { type ModbusServer, startModbusServer } from '../../../simulators/modbus-server.ts'
import { createMeter } from '../../../simulators/physics/electric.ts'
import { type SerialLine, startSerialLine } from '../../../simulators/serial-line.ts'
import { axeFindings, cutOff, openBrowser, openPage } from './browser.ts'
import { type ConsoleHall, consoleHall } from './console-hall.ts'

const HOSTILE = '<img src=x onerror=alert(1)>'
/** Nobody listens there: the discard port of this machine. */
const DEAD_CHANNEL = 'dead-hook: { type: webhook, url: "http://127.0.0.1:9/hook", secret: HOOK_SECRET }'

let hall: ConsoleHall
let browser: Browser
let bus: ModbusServer
let utilityBus: SerialLine
beforeAll(async () => {
  const units: [number, ModbusUnit][] = [
    [7, meter(340)],
    [8, meter(512)],
    [9, swapped(meter(640))],
  ]
  ;[hall, browser, bus, utilityBus] = await Promise.all([
    consoleHall((text) =>
      text
        .replace('name: 电水壶', `name: "${HOSTILE}"`)
        .replace('    hall-topic: {', `    ${DEAD_CHANNEL}\n    hall-topic: {`),
    ),
    openBrowser(),
    startModbusServer({ host: '127.0.0.1', port: 0, framing: 'tcp', units: new Map(units) }),
    lineOfMeter('202512345678'),
  ])
})
afterAll(async () => {
  await browser?.close()
  await hall?.close()
  await bus?.close()
  await utilityBus?.close()
})

function meter(activePowerW: number): ModbusUnit {
  const { state } = createMeter(77)
  Object.assign(state, { u: [231.5, 0, 0], hz: 49.98, i: [1.5, 0, 0], p: [activePowerW, 0, 0], pf: [0.98, 1, 1] })
  return { device: 'meter', map: sdm120(state, 0), trouble: {} }
}
/** A line with one meter of the utility (DL/T 645). */
function lineOfMeter(address: string): Promise<SerialLine> {
  const { state } = createMeter(77)
  state.u = [231.5, 0, 0]
  const items = singlePhaseItems({ state, address, clockMs: Date.now }, 0)
  const meters = [{ device: 'meter', address, items, trouble: {} }]
  return startSerialLine({ baud: 115_200, bits: 11, meters, units: new Map(), turnaroundMs: () => 2 })
}
/** A make that sends the low word first, which its document does not say. */
const swapped = (unit: ModbusUnit): ModbusUnit => ({ ...unit, map: { ...unit.map, wordOrder: 'low-first' } })

const fileNow = () => readFile(hall.hallFile, 'utf8')
/** What stands in the second text and not in the first, and the other way round. */
function linesMoved(before: string, after: string): { came: string[]; went: string[] } {
  const [old, now] = [before.split('\n'), after.split('\n')]
  return {
    came: now.filter((line) => !old.includes(line)).map((line) => line.trim()),
    went: old.filter((line) => !now.includes(line)).map((line) => line.trim()),
  }
}
const buttonOf = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

test('an installer scans a bus, takes the suggestion, tries it, saves and sees the meter come online', async () => {
  const before = await fileNow()
  const page = await openPage(browser, hall, { as: 'zhang', path: '/settings/devices/add' })
  await buttonOf(page, /^Modbus/).click()
  await page.getByLabel('主机').fill('127.0.0.1')
  await page.getByLabel('端口').fill(String(bus.port))
  await page.getByLabel('到', { exact: true }).fill('10')
  await buttonOf(page, '开始扫描').click()
  await page.getByText('扫描完成：3 台应答').waitFor()
  await buttonOf(page, '用这个档案 eastron/sdm120 (7)').click()
  await page.getByText('这个档案对得上').waitFor()
  const power = page.getByRole('row', { name: /有功功率 activePower / })
  await power.getByText('340').waitFor()
  await power.getByText('43aa 0000').waitFor()

  await buttonOf(page, '下一步').click()
  await page.getByLabel('名称').fill('充电区备用表')
  await page.getByLabel('分区').selectOption('charging')
  await page.reload()
  expect(await page.getByLabel('名称').inputValue()).toBe('充电区备用表')
  await buttonOf(page, '下一步').click()
  await page.getByText('下面的行会写进 hall.yaml').waitFor()
  expect(await fileNow()).toBe(before)
  await buttonOf(page, '保存').click()
  await page.getByText('已保存并生效').waitFor()
  await page.getByText('已上线').waitFor()

  const { came, went } = linesMoved(before, await fileNow())
  expect(went).toEqual([])
  expect(came).toEqual([
    `bus: { type: modbus-tcp, host: 127.0.0.1, port: ${bus.port} }`,
    '- { id: meter, name: 充电区备用表, profile: eastron/sdm120, zone: charging, link: bus, unitId: 7 }',
  ])
  await page.reload()
  await page.getByText('已上线').waitFor()
  expect(page.complaints).toEqual([])
  await page.context().close()
}, 60_000)

test('the helper points to the right word order of a meter that sends the low word first', async () => {
  const query = `via=modbus&type=modbus-tcp&host=127.0.0.1&port=${bus.port}&unit=9&profile=eastron/sdm120&step=try`
  const page = await openPage(browser, hall, { as: 'zhang', path: `/settings/devices/add?${query}` })
  await page.getByText(/这个档案对不上|只对上一部分/).waitFor()
  await buttonOf(page, '字序和地址 voltageL1').click()
  const right = page.getByRole('row', { name: /字序 CDAB/ })
  await right.getByText('合理').waitFor()
  expect(await right.getByText('231.5').count()).toBe(1)
  await page.getByText('看起来字序是 CDAB，地址 ±0。').waitFor()
  await page.getByText('wordOrder: low-first').waitFor()
  await page.context().close()
})

test('several equal meters are added in one go, each with its unit id', async () => {
  const before = await fileNow()
  const query = `via=modbus&link=power-room-bus&unit=21&profile=eastron/sdm120&step=name`
  const page = await openPage(browser, hall, { as: 'zhang', path: `/settings/devices/add?${query}` })
  await page.getByLabel('名称').fill('# 号商户表')
  await page.getByLabel('分区').selectOption('counter')
  await page.getByLabel('编号', { exact: true }).fill('shop')
  await page.getByLabel('同样的表一次加多台').check()
  await page.getByLabel('站号到').fill('23')
  await page.getByText('站号 21 到 23，共 3 台').waitFor()
  await buttonOf(page, '下一步').click()
  await buttonOf(page, '保存').click()
  await page.getByText('新增设备：shop-21 · shop-22 · shop-23').waitFor()
  expect(linesMoved(before, await fileNow()).came).toContain(
    '- { id: shop-22, name: 22 号商户表, profile: eastron/sdm120, zone: counter, link: power-room-bus, unitId: 22 }',
  )
  await page.context().close()
})

test('a change that cannot be is refused with its line and what to do, and nothing is written', async () => {
  const before = await fileNow()
  const query = 'via=modbus&link=power-room-bus&unit=1&profile=eastron/sdm630&name=重复&id=twice&zone=counter&step=save'
  const page = await openPage(browser, hall, { as: 'zhang', path: `/settings/devices/add?${query}` })
  await page.getByText('不能保存：有 1 个问题，文件没有改动。').waitFor()
  const line = before.split('\n').findIndex((text) => text.includes('id: shop-23')) + 2
  await page.getByText(`第 ${line} 行`).waitFor()
  await page.getByText('Unit id 1 on power-room-bus is meter-main already.').waitFor()
  expect(await buttonOf(page, '保存').count()).toBe(0)
  expect(await fileNow()).toBe(before)
  await page.context().close()
})

test('two administrators change the file at once: the second sees both changes and saves on top', async () => {
  const [first, second] = await Promise.all([
    openPage(browser, hall, { as: 'admin', path: '/settings/site' }),
    openPage(browser, hall, { as: 'admin', path: '/settings/site' }),
  ])
  await first.getByLabel('名称', { exact: true }).fill('东湖中心营业厅')
  await first.locator('form').filter({ hasText: '基本信息' }).getByRole('button', { name: '看改动' }).click()
  await first.getByText('下面的行会写进 hall.yaml').waitFor()

  await buttonOf(second, '给 柜台 改名').click()
  await second.getByLabel('分区名称').fill('综合柜台')
  await second.getByRole('dialog').getByRole('button', { name: '看改动' }).click()
  await buttonOf(second, '保存').click()
  await second.getByText('已保存并生效').waitFor()

  await buttonOf(first, '保存').click()
  await first.getByText('别人刚改过 hall.yaml').waitFor()
  await first.getByRole('region', { name: '别人的改动' }).getByText('综合柜台').waitFor()
  await first.getByRole('region', { name: '你的改动' }).getByText('东湖中心营业厅').waitFor()
  await buttonOf(first, '在新文件上保存我的改动').click()
  await first.getByText('已保存并生效').waitFor()
  const text = await fileNow()
  expect(text).toContain('东湖中心营业厅')
  expect(text).toContain('综合柜台')
  await Promise.all([first.context().close(), second.context().close()])
})

test('a channel that is tested says what became of the message, and where its secret belongs', async () => {
  const page = await openPage(browser, hall, { as: 'admin', path: '/settings/channels' })
  await page.getByText('HOOK_SECRET 没有设').waitFor()
  await buttonOf(page, '发一条测试 (dead-hook)').click()
  await page.getByText('没有送出：dead-hook').waitFor()
  await buttonOf(page, '发一条测试 (hall-topic)').click()
  await page.getByText('已送达：hall-topic').waitFor()
  await page.context().close()
})

test('a new user signs in with the one-time password, must change it, and the last administrator stays', async () => {
  const page = await openPage(browser, hall, { as: 'admin', path: '/settings/users' })
  await buttonOf(page, '添加用户').first().click()
  await page.getByLabel('用户名').fill('chen')
  await page.getByRole('checkbox', { name: /^运维/ }).check()
  await page.getByRole('dialog').getByRole('button', { name: '添加用户' }).click()
  await page.getByText('只显示这一次').waitFor()
  const password = (await page.locator('output').textContent()) ?? ''
  await buttonOf(page, '完成').click()
  await page.getByRole('row', { name: /chen/ }).getByText('一次性密码，等本人更换').waitFor()

  await buttonOf(page, '移除 admin').click()
  await page.getByRole('dialog').getByRole('button', { name: '移除' }).click()
  await page.getByText('这是最后一个管理员').waitFor()

  const theirs = await openPage(browser, hall, { path: '/settings/devices' })
  await theirs.getByLabel('用户名').fill('chen')
  await theirs.getByLabel('密码或 PIN').fill(password)
  await buttonOf(theirs, '登录').click()
  await theirs.getByLabel(/新密码/).fill('correct horse 9')
  await buttonOf(theirs, '更换密码并进入').click()
  await theirs.getByRole('heading', { level: 1, name: '设备' }).waitFor()
  await Promise.all([page.context().close(), theirs.context().close()])
})

test('a viewer reads what is missing and who can grant it', async () => {
  const page = await openPage(browser, hall, { as: 'counter', path: '/settings/users' })
  await page.getByText('这里需要“管理用户”的权限。').waitFor()
  await page.getByText('有这个权限的角色：管理员。').waitFor()
  await page.getByRole('link', { name: '设备', exact: true }).click()
  await page.getByText('这里需要“看设置”的权限。').waitFor()
  expect(page.complaints).toEqual([])
  await page.context().close()
})

test('a technician sees the site but is told that only an administrator changes it', async () => {
  const page = await openPage(browser, hall, { as: 'zhang', path: '/settings/site' })
  await page.getByText('这里需要“更改营业厅、人员、通道、规则”的权限。').waitFor()
  expect(await buttonOf(page, '看改动').count()).toBe(0)
  await page.context().close()
})

test('a hall without a device asks first how the first one is connected', async () => {
  const page = await openPage(browser, hall, { as: 'zhang', path: '/settings/about' })
  await page.route('**/api/v1/settings', async (route) => {
    const settings = await (await route.fetch()).json()
    await route.fulfill({ json: { ...settings, devices: [] } })
  })
  await page.getByRole('link', { name: '设备', exact: true }).click()
  await page.getByRole('heading', { name: '还没有设备。先选接入方式' }).waitFor()
  await buttonOf(page, /^只看功率/).click()
  await page.getByText('选计量插座的型号').waitFor()
  await page.getByText('正在敲门的设备').waitFor()
  await page.context().close()
})

test('a hostile name is text wherever it stands', async () => {
  const page = await openPage(browser, hall, { as: 'admin', path: '/settings/devices' })
  page.on('dialog', () => page.complaints.push('a script ran'))
  await page.getByRole('rowheader', { name: HOSTILE }).waitFor()
  await buttonOf(page, `移除 ${HOSTILE}`).click()
  await page.getByRole('heading', { name: `移除 ${HOSTILE}` }).waitFor()
  await page.getByRole('dialog').getByRole('button', { name: '看改动' }).click()
  await page.getByRole('region', { name: '改动' }).getByText(HOSTILE).waitFor()
  expect(await page.locator('img').count()).toBe(0)
  expect(page.complaints).toEqual([])
  await page.context().close()
})

test('the wizard goes by keyboard alone', async () => {
  const page = await openPage(browser, hall, { as: 'zhang', path: '/settings/devices/add' })
  const press = async (target: Locator, key: string) => {
    await target.waitFor()
    await tabTo(page, target)
    await page.keyboard.press(key)
  }
  await press(buttonOf(page, /^Modbus/), 'Enter')
  await press(page.getByRole('radio', { name: '新的线路' }), 'ArrowUp')
  await page.waitForURL(/link=bus/)
  await tabTo(page, page.getByRole('combobox', { name: '型号（档案）' }))
  await page.keyboard.type('sdm120')
  await page.getByRole('option', { name: /SDM120/ }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(/profile=eastron/)
  await tabTo(page, page.getByLabel('站号', { exact: true }))
  await page.keyboard.press('Control+A')
  await page.keyboard.type('8')
  await page.waitForURL(/unit=8/)
  await press(buttonOf(page, '下一步'), 'Enter')
  await page.getByText('这个档案对得上').waitFor()
  await press(buttonOf(page, '下一步'), 'Enter')
  await tabTo(page, page.getByLabel('名称'))
  await page.keyboard.type('keyboard')
  await tabTo(page, page.getByLabel('分区'))
  await page.keyboard.press('ArrowDown')
  await page.waitForURL(/zone=/)
  await press(buttonOf(page, '下一步'), 'Enter')
  await press(buttonOf(page, '保存'), 'Enter')
  await page.getByText('已上线').waitFor()
  await page.context().close()
})

async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let i = 0; i < 120; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`the Tab key does not lead to ${target}`)
}

test('a meter of the utility is found by the same scan, tried, and written with its address', async () => {
  const before = await fileNow()
  const query = `via=modbus&type=modbus-rtu-over-tcp&host=127.0.0.1&port=${utilityBus.port}&baud=115200&step=find`
  const page = await openPage(browser, hall, { as: 'zhang', path: `/settings/devices/add?${query}` })
  await page.getByLabel('到', { exact: true }).fill('1')
  await buttonOf(page, '开始扫描').click()
  await page.getByText('扫描完成：1 台应答').waitFor()
  const found = page.getByRole('row', { name: /^202512345678 / })
  await found.getByRole('button', { name: /^用这个档案 dlt645\/single-phase sharp-peak-flat-valley/ }).click()
  const voltage = page.getByRole('row', { name: /voltageL1/ })
  await voltage.getByText('231.5').waitFor()
  await voltage.getByText('15 23').waitFor()
  // Its bytes have one order only.
  expect(await buttonOf(page, /字序/).count()).toBe(0)
  await buttonOf(page, '下一步').click()
  await page.getByLabel('名称').fill('照明计费表')
  await page.getByLabel('分区').selectOption('counter')
  await buttonOf(page, '下一步').click()
  await buttonOf(page, '保存').click()
  await page.getByText('已上线').waitFor()
  const { came } = linesMoved(before, await fileNow())
  expect(came.at(-1)).toMatch(/profile: dlt645\/single-phase, .*address: "202512345678"/)
  expect(page.complaints).toEqual([])
  await page.context().close()
}, 60_000)

test('the audit log is whole, and a backup comes as one file', async () => {
  const page = await openPage(browser, hall, { as: 'admin', path: '/settings/audit?q=settings.change' })
  await page.getByRole('cell', { name: 'settings.change' }).first().waitFor()
  await buttonOf(page, '核对整条链').click()
  await page.getByText(/完整：\d+ 条全部对得上/).waitFor()
  await page.getByRole('link', { name: '备份' }).click()
  const [file] = await Promise.all([page.waitForEvent('download'), buttonOf(page, '下载备份').click()])
  expect(file.suggestedFilename()).toMatch(/\.tar$/)
  await page.context().close()
})

test('a rule of one device is loosened, in words, and is back at the default afterwards', async () => {
  const before = await fileNow()
  const page = await openPage(browser, hall, { as: 'admin', path: '/settings/rules?device=kiosk-01' })
  await buttonOf(page, /^改 机内过热|^改 .*host\.hot|^改 主机过热/)
    .first()
    .or(buttonOf(page, /^改 /).first())
    .first()
    .click()
  await page.getByLabel('持续多久才报（秒）').fill('120')
  await page.getByLabel('为什么改').fill('夏天')
  await page.getByRole('dialog').getByRole('button', { name: '看改动' }).click()
  await buttonOf(page, '保存').click()
  await page.getByText('已保存并生效').waitFor()
  await buttonOf(page, '完成').click()
  expect(await fileNow()).toContain('onDelayS: 120')
  await buttonOf(page, /^恢复默认/).click()
  await buttonOf(page, '保存').click()
  await page.getByText('已保存并生效').waitFor()
  expect(linesMoved(before, await fileNow()).came.join()).not.toContain('onDelayS')
  await page.context().close()
})

const SECTIONS = [
  'site',
  'devices',
  'profiles',
  'rules',
  'channels',
  'duty',
  'tariffs-and-facts',
  'users',
  'audit',
  'backup',
  'about',
]
const DEEPER = ['devices/add', 'profiles/eastron/sdm630', 'rules?device=kiosk-01']

test('operations see every price with its source, and choose what the demonstrations reckon with', async () => {
  const page = await openPage(browser, hall, { as: 'admin', path: '/settings/tariffs-and-facts' })
  const prices = page.getByRole('table', { name: '电价表' })
  await prices.getByRole('row', { name: /浙江居民（峰谷）.*0.568 · 0.618 · 0.868.*浙江省物价局/ }).waitFor()
  await page.getByLabel('居民峰谷电价').selectOption('shanghai-household-tou')
  await buttonOf(page, '看看会改什么').click()
  await page.getByText('touTariff: shanghai-household-tou').waitFor()
  await buttonOf(page, '保存').click()
  await page.getByText('已保存并生效').waitFor()
  await buttonOf(page, '完成').click()
  await page.getByText('上海居民第一档（峰谷），元/kWh').waitFor()
  expect(await fileNow()).toContain('touTariff: shanghai-household-tou')
  expect(page.complaints).toEqual([])
  await page.context().close()
}, 60_000)

test('every page is usable by everybody, in the longer language and the dark theme, and fits the narrowest phone', async () => {
  const page = await openPage(browser, hall, { as: 'admin', path: '/settings/about', language: 'en', theme: 'dark' })
  const look = async (path: string) => {
    await page.locator('main table, main .cards, main section').first().waitFor()
    expect({ path, axe: await axeFindings(page), cut: await cutOff(page) }).toEqual({ path, axe: [], cut: [] })
    await page.setViewportSize({ width: 320, height: 640 })
    expect({ path, width: await page.evaluate(() => document.documentElement.scrollWidth) }).toEqual({
      path,
      width: 320,
    })
    await page.setViewportSize({ width: 1366, height: 768 })
  }
  for (const section of SECTIONS) {
    await page.locator(`nav a[href="/settings/${section}"]`).click()
    await page.waitForURL(`**/settings/${section}`)
    await look(section)
  }
  for (const path of DEEPER) {
    await page.goto(`/settings/${path}`)
    await look(path)
  }
  expect(page.complaints).toEqual([])
  await page.context().close()
}, 120_000)
