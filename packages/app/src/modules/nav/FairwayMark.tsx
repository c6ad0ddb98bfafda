/** The mark: a channel between a red can and a green cone, as a ship sees it coming home. */
export function FairwayMark(props: { size: number }) {
  return (
    <svg
      width={props.size}
      height={props.size}
      viewBox="0 0 32 32"
      aria-hidden="true"
      focusable="false"
    >
      <path
        d="M12.2 28C10.6 21 20.4 17 17.4 8h3.4c2.4 8.4-5.4 12.6-4 20z"
        fill="#eaf6f5"
      />
      <rect x="4.8" y="12" width="5.6" height="8.4" rx="1" fill="#e5484d" />
      <path d="M24 9.6l3.8 8.4h-7.6z" fill="#35c08a" />
    </svg>
  );
}
