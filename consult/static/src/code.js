// A letter's QR code brings the invitation after the #, which no server and no log ever sees.
export function takeCodeFromAddress() {
  const form = document.querySelector("form[data-code-from-address]");
  const code = decodeURIComponent(location.hash.slice(1));
  if (!form || !/^[\dA-Za-z-]{20,60}$/.test(code)) return;
  form.querySelector("input[name='-code']").value = code;
  history.replaceState(null, "", location.pathname + location.search);
}
