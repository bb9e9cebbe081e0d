-- Made by drizzle-kit, then by hand: indexes stand in their tables and every statement may be repeated, since MySQL
-- commits each one by itself; tables of time are partitioned, which Drizzle cannot say. `pmax` takes whatever no other
-- partition does; upkeep cuts months and days off it.
CREATE TABLE IF NOT EXISTS `access_keys` (
	`name` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`hash` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`scopes` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`revoked` boolean NOT NULL,
	`created_at` bigint NOT NULL,
	PRIMARY KEY(`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `audit_log` (
	`id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`at` bigint NOT NULL,
	`actor` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`action` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`subject` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`detail` mediumtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	PRIMARY KEY(`id`),
	KEY `audit_log_by_subject` (`subject`, `at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `broadcasters` (
	`id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`user_id` varchar(64) character set ascii collate ascii_bin,
	`name` varchar(300) character set utf8mb4 collate utf8mb4_unicode_ci NOT NULL,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	PRIMARY KEY(`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `categories` (
	`id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`title` varchar(300) character set utf8mb4 collate utf8mb4_unicode_ci NOT NULL,
	PRIMARY KEY(`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `contents` (
	`id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`title` varchar(300) character set utf8mb4 collate utf8mb4_unicode_ci,
	`url` varchar(2048) character set utf8mb4 collate utf8mb4_unicode_ci,
	`category_id` varchar(64) character set ascii collate ascii_bin,
	`start_views` bigint NOT NULL DEFAULT 0,
	`origin` varchar(16) character set ascii collate ascii_bin NOT NULL,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	PRIMARY KEY(`id`),
	KEY `contents_by_category` (`category_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `correction_runs` (
	`shard_id` int NOT NULL,
	`hour` bigint NOT NULL,
	`run` int NOT NULL,
	`outcome` varchar(16) character set ascii collate ascii_bin NOT NULL,
	`started_at` bigint NOT NULL,
	`duration_ms` bigint NOT NULL,
	`events` bigint NOT NULL,
	`changed` bigint NOT NULL,
	`detail` mediumtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	PRIMARY KEY(`shard_id`, `hour`, `run`),
	KEY `correction_runs_by_time` (`started_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `current_viewers` (
	`stream_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`broadcaster_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`category_id` varchar(64) character set ascii collate ascii_bin,
	`status` varchar(16) character set ascii collate ascii_bin NOT NULL,
	`viewer_count` bigint NOT NULL,
	`peak_viewers` bigint NOT NULL,
	`total_viewers` bigint NOT NULL,
	`unique_today` bigint NOT NULL,
	`started_at` bigint NOT NULL,
	`as_of` bigint NOT NULL,
	`stamp` varchar(24) character set ascii collate ascii_bin NOT NULL,
	PRIMARY KEY(`stream_id`),
	KEY `current_viewers_front` (`status`, `viewer_count` desc,`started_at` desc),
	KEY `current_viewers_category` (`category_id`, `status`, `viewer_count` desc,`started_at` desc)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `daily_statistics` (
	`stream_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`day` int NOT NULL,
	`broadcaster_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`peak_viewers` bigint NOT NULL,
	`unique_viewers` bigint NOT NULL,
	`sessions` bigint NOT NULL,
	`watched_seconds` bigint NOT NULL,
	`live_seconds` int NOT NULL,
	`stamp` varchar(24) character set ascii collate ascii_bin NOT NULL,
	PRIMARY KEY(`stream_id`, `day`),
	KEY `daily_statistics_by_broadcaster` (`broadcaster_id`, `day`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
PARTITION BY RANGE (`day`) (PARTITION `pmax` VALUES LESS THAN MAXVALUE);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `exclusions` (
	`id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`kind` varchar(16) character set ascii collate ascii_bin NOT NULL,
	`value` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`content_id` varchar(64) character set ascii collate ascii_bin,
	`from_at` bigint NOT NULL,
	`to_at` bigint,
	`reason` varchar(300) character set utf8mb4 collate utf8mb4_unicode_ci NOT NULL,
	`actor` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`created_at` bigint NOT NULL,
	`revoked_at` bigint,
	PRIMARY KEY(`id`),
	KEY `exclusions_by_value` (`kind`, `value`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `idempotency_keys` (
	`key` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`request_hash` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`status` int NOT NULL,
	`answer` mediumtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	PRIMARY KEY(`key`),
	KEY `idempotency_keys_by_age` (`created_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `job_runs` (
	`id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`job` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`started_at` bigint NOT NULL,
	`duration_ms` bigint NOT NULL,
	`rows` bigint NOT NULL,
	`statements` bigint NOT NULL,
	`failures` bigint NOT NULL,
	`detail` mediumtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	PRIMARY KEY(`id`),
	KEY `job_runs_by_job` (`job`, `started_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `streams` (
	`id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`broadcaster_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`category_id` varchar(64) character set ascii collate ascii_bin,
	`title` varchar(300) character set utf8mb4 collate utf8mb4_unicode_ci NOT NULL,
	`status` varchar(16) character set ascii collate ascii_bin NOT NULL,
	`visibility` varchar(16) character set ascii collate ascii_bin NOT NULL,
	`expected_viewers` bigint NOT NULL DEFAULT 0,
	`started_at` bigint,
	`ended_at` bigint,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	PRIMARY KEY(`id`),
	KEY `streams_by_broadcaster` (`broadcaster_id`, `started_at`),
	KEY `streams_by_category` (`category_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `suspicions` (
	`id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`raised_at` bigint NOT NULL,
	`content_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`kind` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`score` int NOT NULL,
	`status` varchar(16) character set ascii collate ascii_bin NOT NULL,
	`detail` mediumtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`decided_at` bigint,
	`decided_by` varchar(64) character set ascii collate ascii_bin,
	PRIMARY KEY(`id`),
	KEY `suspicions_by_status` (`status`, `raised_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `user_sessions` (
	`started_day` int NOT NULL,
	`session_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`stream_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`visitor` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`started_at` bigint NOT NULL,
	`ended_at` bigint,
	`stamp` varchar(24) character set ascii collate ascii_bin NOT NULL,
	PRIMARY KEY(`started_day`, `session_id`),
	KEY `user_sessions_by_stream` (`stream_id`, `started_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
PARTITION BY RANGE (`started_day`) (PARTITION `pmax` VALUES LESS THAN MAXVALUE);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `users` (
	`id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`name` varchar(300) character set utf8mb4 collate utf8mb4_unicode_ci,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	PRIMARY KEY(`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `view_daily` (
	`content_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`day` int NOT NULL,
	`shard_id` int NOT NULL,
	`views` bigint NOT NULL,
	`final` boolean NOT NULL,
	`stamp` varchar(24) character set ascii collate ascii_bin NOT NULL,
	PRIMARY KEY(`content_id`, `day`, `shard_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `view_hourly` (
	`content_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`hour` bigint NOT NULL,
	`shard_id` int NOT NULL,
	`views` bigint NOT NULL,
	`final` boolean NOT NULL,
	`stamp` varchar(24) character set ascii collate ascii_bin NOT NULL,
	PRIMARY KEY(`content_id`, `hour`, `shard_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
PARTITION BY RANGE (`hour`) (PARTITION `pmax` VALUES LESS THAN MAXVALUE);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `view_regions` (
	`content_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`day` int NOT NULL,
	`country` varchar(16) character set ascii collate ascii_bin NOT NULL,
	`region` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`shard_id` int NOT NULL,
	`views` bigint NOT NULL,
	`final` boolean NOT NULL,
	`stamp` varchar(24) character set ascii collate ascii_bin NOT NULL,
	PRIMARY KEY(`content_id`, `day`, `country`, `region`, `shard_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `view_totals` (
	`content_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`shard_id` int NOT NULL,
	`closed` bigint NOT NULL DEFAULT 0,
	`closed_through` bigint NOT NULL DEFAULT 0,
	`published` bigint NOT NULL,
	`stamp` varchar(24) character set ascii collate ascii_bin NOT NULL,
	PRIMARY KEY(`content_id`, `shard_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `view_uniques` (
	`content_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`day` int NOT NULL,
	`shard_id` int NOT NULL,
	`uniques` bigint NOT NULL,
	`final` boolean NOT NULL,
	`stamp` varchar(24) character set ascii collate ascii_bin NOT NULL,
	PRIMARY KEY(`content_id`, `day`, `shard_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `viewer_history` (
	`stream_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`recorded_at` bigint NOT NULL,
	`broadcaster_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`viewer_count` bigint NOT NULL,
	`peak_viewers` bigint NOT NULL,
	`stamp` varchar(24) character set ascii collate ascii_bin NOT NULL,
	PRIMARY KEY(`stream_id`, `recorded_at`),
	KEY `viewer_history_by_broadcaster` (`broadcaster_id`, `recorded_at`, `stream_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
PARTITION BY RANGE (`recorded_at`) (PARTITION `pmax` VALUES LESS THAN MAXVALUE);
