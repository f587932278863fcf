import { answerHealth } from "@/server/health";

export const dynamic = "force-dynamic";

export const GET = answerHealth;
