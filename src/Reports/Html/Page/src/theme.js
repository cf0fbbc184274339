// Dark or light: what the system prefers until the reader chooses; paper is light.
const root = document.documentElement;
const system = matchMedia('(prefers-color-scheme: dark)');
let chosen = null;

export function followTheme(onChange) {
  const apply = theme => {
    if (root.dataset.theme === theme) return;
    root.dataset.theme = theme;
    onChange();
  };
  const wanted = () => chosen ?? (system.matches ? 'dark' : 'light');
  root.dataset.theme = wanted();
  system.addEventListener('change', () => apply(wanted()));
  document.getElementById('theme').addEventListener('click', () => {
    chosen = root.dataset.theme === 'dark' ? 'light' : 'dark';
    apply(chosen);
  });
  addEventListener('beforeprint', () => apply('light'));
  addEventListener('afterprint', () => apply(wanted()));
}
