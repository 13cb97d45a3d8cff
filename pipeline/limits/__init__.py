"""What is limited, how it is counted, and how it is told: pure rules, and counters in memory."""
