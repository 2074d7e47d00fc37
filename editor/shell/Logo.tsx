export function Logo({ size = 20 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="var(--accent)"
      strokeWidth={2.2}
      aria-hidden="true"
    >
      <path d="M1 6c5 0 5 8 9 8s4-8 9-8M1 11c5 0 5 5 9 5s4-5 9-5" />
    </svg>
  );
}
