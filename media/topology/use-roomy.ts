/** Whether the panel is wide enough for what lies over the map; narrower ones are laid out as columns by the style sheets. */

import { useEffect, useState } from 'preact/hooks';

const wide = '(min-width: 641px)';

export function useIsRoomy(): boolean {
  const [isRoomy, setRoomy] = useState(() => matchMedia(wide).matches);
  useEffect(() => {
    const query = matchMedia(wide);
    const follow = (): void => setRoomy(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  return isRoomy;
}
