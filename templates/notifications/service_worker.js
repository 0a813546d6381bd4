{% load i18n static %}// Shows what is pushed, leads to it, and has a page for when there is no network.
const OFFLINE = "{% url 'notifications:offline' %}"
const KEPT = [OFFLINE{% for path in offline_files %}, "{{ path|escapejs }}"{% endfor %}]
const CACHE = "offline-{{ offline_version }}"
const ICON = "{% static 'img/icon-192.png' %}"
const FALLBACK = "{% filter escapejs %}{% translate 'Something new for you' %}{% endfilter %}"

self.addEventListener("install", event => {
  event.waitUntil(caches.open(CACHE).then(cache => cache.addAll(KEPT)).then(() => self.skipWaiting()))
})

self.addEventListener("activate", event => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name)
    await self.registration.navigationPreload?.enable()
    await self.clients.claim()
  })())
})

self.addEventListener("fetch", event => {
  if (event.request.mode === "navigate") event.respondWith(page(event))
  else if (KEPT.includes(new URL(event.request.url).pathname)) event.respondWith(kept(event.request))
})

async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request))
  } catch {
    return caches.match(OFFLINE)
  }
}

async function kept(request) {
  return (await caches.match(request)) ?? fetch(request)
}

self.addEventListener("push", event => {
  let said = {}
  try {
    said = event.data.json()
  } catch {
    // Browsers take the permission back where a push shows nothing.
  }
  event.waitUntil(self.registration.showNotification(said.title || FALLBACK, {
    body: said.body || "",
    tag: said.tag || "news",
    icon: ICON,
    data: { url: said.url || "/" },
  }))
})

self.addEventListener("notificationclick", event => {
  event.notification.close()
  const url = new URL(event.notification.data?.url ?? "/", location.origin)
  if (url.origin === location.origin) event.waitUntil(open(url.href))
})

async function open(url) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true })
  const same = pages.find(page => page.url === url)
  if (same) return same.focus()
  return self.clients.openWindow(url)
}
